/** Deadlines that are over before the clocks which have to fit in them: until the first words, or for a whole answer. */
import { coldSettings, DEFAULT_DEADLINE_SECONDS, routeClocks } from "../../src/routing/map-defaults.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import { routesOfKind } from "./chains.ts";
import type { Chain, MapRoute } from "./chains.ts";
import type { Found } from "./finding.ts";

export function shortDeadlines(map: RoutingMap, chains: readonly Chain[]): readonly Found[] {
  const kinds = Object.entries(map.kinds ?? {}).filter(([, { answeredBy }]) => answeredBy !== "human");
  return [
    ...kinds.flatMap(([name, { deadlineSeconds = DEFAULT_DEADLINE_SECONDS }]) => {
      const path = ["kinds", name, "deadlineSeconds"];
      return tooShort(path, `the ${deadlineSeconds} s of ${name}`, deadlineSeconds, routesOfKind(name, chains));
    }),
    ...(map.cold === undefined
      ? []
      : tooShort(
          ["cold", "deadlineSeconds"],
          `the ${coldSettings(map.cold).deadlineMs / 1000} s of a queued call's run`,
          coldSettings(map.cold).deadlineMs / 1000,
          routesOfKind(null, chains),
        )),
    ...(kinds.length > 0 ? [] : shortForAuto(routesOfKind(null, chains))),
  ];
}

/** One for each deadline: what the slowest needs is enough for all. */
function tooShort(
  path: readonly PropertyKey[],
  whose: string,
  deadlineSeconds: number,
  routes: readonly MapRoute[],
): readonly Found[] {
  const slowest = routes.toSorted((one, other) => longest(other).ms - longest(one).ms)[0];
  if (slowest === undefined || longest(slowest).ms <= deadlineSeconds * 1000) return [];
  const { ms, clocks } = longest(slowest);
  return [
    {
      code: "deadline_too_short",
      path,
      found: `${whose} are less than the ${ms / 1000} s that ${slowest.id} may take (${clocks})`,
      instead: `Write "deadlineSeconds": ${Math.ceil(ms / 1000)} or more, or smaller timeouts in the route.`,
    },
  ];
}

/** A map without kinds: the deadline is a given, the clocks are what can be changed. */
function shortForAuto(routes: readonly MapRoute[]): readonly Found[] {
  return routes.flatMap((route): Found[] => {
    const { ms, clocks } = longest(route);
    if (ms <= DEFAULT_DEADLINE_SECONDS * 1000) return [];
    return [
      {
        code: "deadline_too_short",
        path: [...route.path, "timeouts"],
        found: `${route.id} may take ${ms / 1000} s (${clocks}); a call has ${DEFAULT_DEADLINE_SECONDS} s`,
        instead: `Write smaller timeouts, or a kind with "deadlineSeconds": ${Math.ceil(ms / 1000)}.`,
      },
    ];
  });
}

/** Streamed: until the first words, which end the deadline. Else: one attempt. */
function longest({ entry }: MapRoute): { readonly ms: number; readonly clocks: string } {
  const { headersMs, firstTokenMs, attemptMs } = routeClocks(entry);
  const streamedMs = headersMs + firstTokenMs;
  if (attemptMs !== null && attemptMs > streamedMs) return { ms: attemptMs, clocks: `attemptMs ${attemptMs}` };
  return { ms: streamedMs, clocks: `headersMs ${headersMs} and firstTokenMs ${firstTokenMs}` };
}
