/** `lisbon check`: the map's mistakes, the variables that nobody has set, and what is on. */
import type { Routing } from "../src/domain/routing.ts";
import { describeOff } from "../src/routing/describe-off.ts";
import { describeProblem } from "../src/routing/map-problem.ts";
import { describeMissing, missingVariables } from "../src/routing/map-variables.ts";
import type { NeededVariable } from "../src/routing/map-variables.ts";
import { priceAt } from "../src/routing/price-at.ts";
import type { RoutingMap } from "../src/routing/routing-map.ts";
import { resolveRouting } from "../src/routing/resolve-routing.ts";
import { readMap } from "./read-map.ts";
import type { MapError } from "./read-map.ts";
import { variablesFrom, withShell } from "./variables-from.ts";

export interface CheckOptions {
  readonly file: string;
  readonly envFile?: string;
  readonly strict?: true;
  readonly json?: true;
}

/** The exit code. */
export function check(options: CheckOptions): number {
  const given = variablesFrom(options.envFile, process.cwd());
  if (!given.ok) return stop([given.failure], options);
  const map = readMap(options.file);
  if (!map.ok) return stop(mapErrorLines(map.failure), options);

  const variables = withShell(given.value);
  const routing = resolveRouting(map.value, (name) => variables[name]);
  const unpriced = unpricedRoutes(map.value);
  const missing = missingVariables(map.value, (name) => variables[name]);
  const broken = routing.off.filter(({ why }) => why.kind === "wrong_value");
  const passes = broken.length === 0 && (missing.length === 0 || !options.strict);

  if (options.json)
    console.log(JSON.stringify({ ok: passes, ...forPrograms(options.file, routing, missing), unpriced }, null, 2));
  else console.log([...forPeople(options.file, routing, missing), ...unpricedLines(unpriced)].join("\n"));
  return passes ? 0 : 1;
}

/** What is wrong with a map, one line each. */
export function mapErrorLines(error: MapError): readonly string[] {
  return error.kind === "unreadable" ? [error.message] : error.problems.map(describeProblem);
}

function stop(problems: readonly string[], { file, json }: CheckOptions): number {
  if (json) console.log(JSON.stringify({ ok: false, file, problems }, null, 2));
  else console.error(problems.join("\n"));
  return 1;
}

function forPeople(file: string, routing: Routing, missing: readonly NeededVariable[]): readonly string[] {
  const kinds = [...routing.kinds.keys()].join(", ") || "none";
  return [
    `${file}: no mistakes. Kinds: ${kinds}`,
    ...routing.routes.map((route) => `  on   ${route.id}  (${route.api} at ${route.host})`),
    ...routing.off.map((route) => `  off  ${route.id}: ${describeOff(route.why)}`),
    ...(missing.length === 0
      ? []
      : ["Variables that are not set:", ...missing.map((each) => `  ${describeMissing(each)}`)]),
  ];
}

/** Whatever variable it takes to be on: the price of a route does not depend on it. */
const ANYTHING = "https://unset.invalid";

/** Ids of the paid routes that no budget of money can cover. */
function unpricedRoutes(map: RoutingMap): readonly string[] {
  return resolveRouting(map, () => ANYTHING)
    .routes.filter((route) => priceAt(route, 0) === null)
    .map(({ id }) => id);
}

function unpricedLines(ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return [];
  return ["Paid routes whose `price` nobody has said; budgets of money keep off them:", ...ids.map((id) => `  ${id}`)];
}

function forPrograms(file: string, routing: Routing, missing: readonly NeededVariable[]): object {
  return {
    file,
    problems: [],
    kinds: [...routing.kinds.keys()],
    on: routing.routes.map(({ id, api, host }) => ({ id, api, host })),
    off: routing.off.map(({ id, why }) => ({ id, why: describeOff(why) })),
    missingVariables: missing,
  };
}
