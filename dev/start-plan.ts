/** What `npm start` is going to start, found out before anything is: the map, its variables, whether to simulate. */
import { join, resolve } from "node:path";
import { describeFindings, hasErrors } from "../cli/lint/finding.ts";
import type { Finding } from "../cli/lint/finding.ts";
import { lintMap } from "../cli/lint/lint-map.ts";
import { readMap, readMapFile } from "../cli/read-map.ts";
import type { MapError } from "../cli/read-map.ts";
import { variablesFrom, withShell } from "../cli/variables-from.ts";
import type { Variables } from "../cli/variables-from.ts";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { describeOff } from "../src/routing/describe-off.ts";
import { describeProblem } from "../src/routing/map-problem.ts";
import { neededVariables } from "../src/routing/map-variables.ts";
import { resolveRouting } from "../src/routing/resolve-routing.ts";
import type { RoutingMap } from "../src/routing/routing-map.ts";
import type { StartOptions } from "./start-options.ts";

const SIMULATED_MAP = "routes.local.json";
const REAL_MAP = "routes.prod.json";

export interface StartPlan {
  /** As it was given, for the screen. */
  readonly mapFile: string;
  readonly mapPath: string;
  readonly map: RoutingMap;
  /** Warnings; with an error nothing is started. */
  readonly findings: readonly Finding[];
  /** What the Worker is given, less what only a start can know. */
  readonly variables: Variables;
  readonly simulatedHosts: readonly string[];
}

export function planStart(options: StartOptions, root: string): Result<StartPlan, string> {
  const given = variablesFrom(options.envFile, root);
  if (!given.ok) return fail(given.failure);

  const mapFile = options.routes ?? (hasRealKey(given.value, root) ? REAL_MAP : SIMULATED_MAP);
  const mapPath = options.routes === undefined ? join(root, mapFile) : resolve(options.routes);
  const read = readMapFile(mapPath, mapFile);
  if (!read.ok) return fail(mapErrorText(read.failure));
  const { map } = read.value;
  // What is not set is said by itself: the routes that are off.
  const findings = lintMap(read.value, null);
  if (hasErrors(findings)) return fail(describeFindings(findings).join("\n"));

  const variables = { ...shellsPart(map), ...given.value };
  const simulatedHosts = neededVariables(map).flatMap(({ name }) =>
    SIMULATED_HOST.test(name) && !variables[name] ? [name] : [],
  );
  const nothingOn = simulatedHosts.length > 0 ? null : whyNothingIsOn(map, variables, mapFile);
  return nothingOn ? fail(nothingOn) : ok({ mapFile, mapPath, map, findings, variables, simulatedHosts });
}

/** Each such variable of a map is a simulated host of its own. */
const SIMULATED_HOST = /^SIM_(\w+_)?URL/;

/** Keys in a file are meant for Lisbon; those that happen to be in the shell choose no map. */
function hasRealKey(variables: Variables, root: string): boolean {
  const map = readMap(join(root, REAL_MAP));
  return map.ok && resolveRouting(map.value, (name) => variables[name]).routes.length > 0;
}

/** Of the shell's variables those that the map names. */
function shellsPart(map: RoutingMap): Variables {
  const shell = withShell({});
  const names = neededVariables(map).flatMap(({ name, orElse, orAll }) => [
    name,
    ...orElse,
    // What goes with keys of Amazon's is not always needed, so no map names it.
    ...(orAll.length > 0 ? [...orAll, "AWS_SESSION_TOKEN", "AWS_REGION"] : []),
  ]);
  return Object.fromEntries(names.flatMap((name) => (shell[name] ? [[name, shell[name]]] : [])));
}

function whyNothingIsOn(map: RoutingMap, variables: Variables, mapFile: string): string | null {
  const { routes, off } = resolveRouting(map, (name) => variables[name]);
  if (routes.length > 0) return null;
  const lines = off.map(({ id, why }) => `  ${id}: ${describeOff(why)}`);
  const advice = "Put the keys into .dev.vars (see .dev.vars.example), or leave --routes out for simulated providers.";
  return [`${mapFile}: no route is on.`, ...lines, advice].join("\n");
}

function mapErrorText(error: MapError): string {
  return error.kind === "unreadable" ? error.message : error.problems.map(describeProblem).join("\n");
}
