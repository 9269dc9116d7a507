/** What is wrong with the order of a chain: the same route twice, paid ones before what costs nothing, paid ones in a row. */
import type { Chain, Link, MapRoute } from "./chains.ts";
import type { Found } from "./finding.ts";

/** Two are a choice that people make; from the third on it is a queue of bills. */
const MOST_PAID_IN_A_ROW = 2;

export function duplicateRoutes(routes: readonly MapRoute[]): readonly Found[] {
  const first = new Map<string, MapRoute>();
  return routes.flatMap((route): Found[] => {
    // A smaller route that Hot has too is asked with another, shorter question.
    const same = JSON.stringify([route.list === "smaller", whatIsAsked(route)]);
    const earlier = first.get(same);
    if (earlier === undefined) {
      first.set(same, route);
      return [];
    }
    return [
      {
        code: "duplicate_route",
        path: route.path,
        found: `${nameOf(route)} is the same as ${earlier.list}[${earlier.index}]: provider, model, host and key`,
        instead: "Take it out, or give it what tells it apart: another model, baseUrl, key or account.",
      },
    ];
  });
}

/** Behind Hot only: who is asked first is asked for how well it answers. */
export function paidBeforeFree({ links }: Chain): readonly Found[] {
  const fallbacks = links.filter(isFallback);
  const paid = fallbacks.findIndex(({ route }) => route.cost === "paid");
  const early = fallbacks[paid];
  const late = fallbacks.slice(paid + 1).filter(({ route }) => route.cost !== "paid");
  if (early === undefined || late.length === 0) return [];
  const names = late.map(({ route }) => `${nameOf(route)} (${route.cost})`).join(", ");
  return [
    {
      code: "paid_before_free",
      path: early.path,
      found: `${nameOf(early.route)} is paid and comes before ${names}`,
      instead:
        early.path[0] === "kinds"
          ? `Put ${names} before it in this list.`
          : `Put ${names} before it, or write "order": "local-free-paid".`,
    },
  ];
}

export function paidClustered({ links }: Chain): readonly Found[] {
  const run = paidRuns(links.filter(isFallback)).find(isCluster);
  const [first] = run ?? [];
  if (run === undefined || first === undefined) return [];
  const accounts = new Set(run.map(({ route }) => route.account));
  const bills = accounts.size === 1 ? "on one bill" : `on ${accounts.size} bills`;
  return [
    {
      code: "paid_clustered",
      path: first.path,
      found: `${run.length} paid fallbacks in a row ${bills}: ${run.map(({ route }) => nameOf(route)).join(", ")}`,
      instead: "Keep the one that you trust most of each bill, and put local or free routes before or between them.",
    },
  ];
}

function whatIsAsked({ provider, baseUrl, account, entry }: MapRoute): unknown {
  return [provider, entry.model, baseUrl, entry.api, account, entry.headers ?? {}];
}

function isFallback({ route }: Link): boolean {
  return route.list !== "hot";
}

function paidRuns(links: readonly Link[]): readonly (readonly Link[])[] {
  const runs: Link[][] = [[]];
  for (const link of links) {
    if (link.route.cost === "paid") runs.at(-1)?.push(link);
    else runs.push([]);
  }
  return runs;
}

function isCluster(run: readonly Link[]): boolean {
  const onSameBill = run.some(({ route }, index) => index > 0 && run[index - 1]?.route.account === route.account);
  return onSameBill || run.length > MOST_PAID_IN_A_ROW;
}

function nameOf({ provider, entry }: MapRoute): string {
  return `${provider}/${entry.model}`;
}
