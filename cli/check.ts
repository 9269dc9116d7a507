/** `lisbon check`: the map's mistakes, what the lint finds in it, the variables that nobody has set, and what is on. */
import type { Routing } from "../src/domain/routing.ts";
import { describeOff } from "../src/routing/describe-off.ts";
import { describeProblem } from "../src/routing/map-problem.ts";
import { missingVariables } from "../src/routing/map-variables.ts";
import type { NeededVariable } from "../src/routing/map-variables.ts";
import { resolveRouting } from "../src/routing/resolve-routing.ts";
import { describeFindings, findingAt, hasErrors, inShort, unreadable } from "./lint/finding.ts";
import type { Finding } from "./lint/finding.ts";
import { lintMap } from "./lint/lint-map.ts";
import { readMapFile } from "./read-map.ts";
import type { MapError } from "./read-map.ts";
import { variablesFrom, withShell } from "./variables-from.ts";

export interface CheckOptions {
  readonly file: string;
  readonly envFile?: string;
  readonly strict?: true;
  readonly json?: true;
  /** What is set here does not matter, as for a map that is deployed from elsewhere. */
  readonly mapOnly?: true;
}

/** The exit code. */
export function check(options: CheckOptions): number {
  const given = variablesFrom(options.envFile, process.cwd());
  if (!given.ok) return stop({ kind: "unreadable", message: given.failure }, options);
  const read = readMapFile(options.file);
  if (!read.ok) return stop(read.failure, options);

  const { map } = read.value;
  const variables = withShell(given.value);
  const environment = (name: string): string | undefined => variables[name];
  const routing = resolveRouting(map, environment);
  const findings = lintMap(read.value, options.mapOnly ? null : environment);
  const broken = routing.off.filter(({ why }) => why.kind === "wrong_value");
  const passes = broken.length === 0 && !hasErrors(findings) && (findings.length === 0 || !options.strict);

  const missing = missingVariables(map, environment);
  if (options.json) {
    console.log(JSON.stringify({ ok: passes, ...forPrograms(options.file, routing, missing, findings) }, null, 2));
  } else {
    console.log(forPeople(options.file, routing, findings).join("\n"));
  }
  return passes ? 0 : 1;
}

const NAME_ONE = "Name a file that is there.";

/** What is wrong with a map, one line each. */
export function mapErrorLines(error: MapError): readonly string[] {
  return error.kind === "unreadable" ? [error.message] : error.problems.map(describeProblem);
}

function stop(error: MapError, { file, json }: CheckOptions): number {
  const findings = mapErrorFindings(error, file);
  if (json) console.log(JSON.stringify({ ok: false, file, problems: mapErrorLines(error), findings }, null, 2));
  // A file that is not there needs no more than these two lines.
  else if (error.kind === "unreadable") console.error(`${error.message}\n${NAME_ONE}`);
  else console.error(describeFindings(findings).join("\n"));
  return 1;
}

function mapErrorFindings(error: MapError, file: string): readonly Finding[] {
  if (error.kind === "wrong") return error.problems.map(unreadable);
  const found = { code: "unreadable", path: [], found: error.message, instead: NAME_ONE } as const;
  return [findingAt(found, { file, line: null, column: null })];
}

function forPeople(file: string, routing: Routing, findings: readonly Finding[]): readonly string[] {
  const kinds = [...routing.kinds.keys()].join(", ") || "none";
  return [
    `${file}: ${inShort(findings) || "no mistakes"}. Kinds: ${kinds}`,
    ...routing.routes.map((route) => `  on   ${route.id}  (${route.api} at ${route.host})`),
    ...routing.off.map((route) => `  off  ${route.id}: ${describeOff(route.why)}`),
    ...describeFindings(findings),
  ];
}

function forPrograms(
  file: string,
  routing: Routing,
  missing: readonly NeededVariable[],
  findings: readonly Finding[],
): object {
  return {
    file,
    problems: [],
    findings,
    kinds: [...routing.kinds.keys()],
    on: routing.routes.map(({ id, api, host }) => ({ id, api, host })),
    off: routing.off.map(({ id, why }) => ({ id, why: describeOff(why) })),
    missingVariables: missing,
  };
}
