/** What one event can take away: every route at one provider or host, nothing that goes on without money, nothing large enough. */
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import type { Chain, MapRoute } from "./chains.ts";
import type { Found } from "./finding.ts";

export function oneProviderOrHost({ kind, links }: Chain): readonly Found[] {
  const path = kind === null ? (links.at(-1)?.path.slice(0, 1) ?? []) : ["kinds", kind, "routes"];
  const providers = new Set(links.map(({ route }) => route.provider));
  const hosts = new Set(links.map(({ route }) => route.host));
  if (providers.size === 1) {
    const found = `${countOf(links.length)} at one provider: ${[...providers].join()}`;
    return [{ code: "one_provider", path, found, instead: "Add a route at another provider behind these." }];
  }
  if (hosts.size === 1) {
    const found = `${countOf(links.length)} at one host: ${[...hosts].join()}`;
    return [{ code: "one_host", path, found, instead: "Give one of them the baseUrl of another host." }];
  }
  return [];
}

export function rolledOutToNobody({ kind, links }: Chain): readonly Found[] {
  if (links.length === 0 || links.some(({ route }) => (route.entry.rollout ?? 100) === 100)) return [];
  const path = kind === null ? (links.at(-1)?.path.slice(0, 1) ?? []) : ["kinds", kind, "routes"];
  const found = "every route has a rollout below 100";
  return [{ code: "rollout_leaves_nobody", path, found, instead: "Give one of them a rollout of 100, or none." }];
}

export function nothingForFree(routes: readonly MapRoute[]): readonly Found[] {
  const tried = routes.filter(({ list }) => list !== "smaller");
  const costs = new Set(tried.map(({ cost }) => cost));
  if (costs.has("local") || tried.length === 0) return [];
  const path = [tried.at(-1)?.list ?? "hot"];
  const local = 'such as { "provider": "lmstudio", "model": "…", "baseUrl": "${TUNNEL_URL}/v1" }';
  return costs.has("free")
    ? [{ code: "no_local_route", path, found: "no route is local", instead: `Add one to warm, ${local}.` }]
    : [
        {
          code: "no_free_route",
          path,
          found: "every route is paid",
          instead: `Add a local one to warm, ${local}, or one with "cost": "free".`,
        },
      ];
}

/** The watchdog puts a route first among a kind's own candidates. */
export function nothingToPrefer({ watchdog, kinds = {} }: RoutingMap, chains: readonly Chain[]): readonly Found[] {
  const at = watchdog?.act?.indexOf("prefer_free") ?? -1;
  const named = Object.values(kinds);
  const mapsOwn = named.length === 0 || named.some(({ routes }) => routes === undefined);
  const walked = chains.filter(({ kind }) => kind !== null || mapsOwn);
  if (at === -1 || walked.some(({ links }) => links.some(({ route }) => route.cost !== "paid"))) return [];
  const found = "no kind has a free or local route";
  const instead = 'Add a route with "cost": "free" or "local" to warm, or take prefer_free out.';
  return [{ code: "prefer_free_without_routes", path: ["watchdog", "act", at], found, instead }];
}

/** Routes whose context the map does not say are not judged. */
export function smallerContexts(routes: readonly MapRoute[]): readonly Found[] {
  const largest = Math.max(...routes.map(({ list, entry }) => (list === "hot" ? (entry.context ?? 0) : 0)));
  return routes.flatMap(({ list, path, entry }): Found[] => {
    if (list !== "warm" || entry.context === undefined || entry.context >= largest) return [];
    const found = `a window of ${entry.context} tokens behind one of ${largest} in hot`;
    const instead = `Take a model with a window of at least ${largest}.`;
    return [{ code: "smaller_context", path: [...path, "context"], found, instead }];
  });
}

export function nobodyToTell({ cold }: RoutingMap): readonly Found[] {
  if ((cold?.notify ?? []).length > 0) return [];
  const instead = 'Write "cold": { "notify": ["${SLACK_WEBHOOK_URL}", "ops@example.com"] }.';
  return [{ code: "missing_notify", path: ["cold", "notify"], found: "no target for notices", instead }];
}

function countOf(routes: number): string {
  return routes === 1 ? "the only route is" : `all ${routes} routes are`;
}
