/** What a Worker still lacks: of its secrets only the names can be read. */
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { describeMissing, missingVariables } from "../src/routing/map-variables.ts";
import type { RoutingMap } from "../src/routing/routing-map.ts";
import { VARIABLES } from "../src/variables.ts";
import type { Variable } from "../src/variables.ts";
import { runWrangler } from "./run-wrangler.ts";
import { configArgs } from "./deployed-workers.ts";
import type { Variables } from "./variables-from.ts";

export interface Stored {
  readonly worker: string;
  /** The names of the secrets that it holds, or why they could not be read. */
  readonly secrets: Result<readonly string[], string>;
}

export async function storedSecrets(worker: string, configPath: string): Promise<Stored> {
  const run = await runWrangler(["secret", "list", ...configArgs(configPath), "--format", "json"]);
  return { worker, secrets: run.ok ? listed(run.out) : fail(errorLine(run.said)) };
}

function errorLine(said: string): string {
  return (said.split("\n").find((line) => /error/i.test(line)) ?? said).trim();
}

function listed(out: string): Result<readonly string[], string> {
  try {
    const list: unknown = JSON.parse(out.slice(out.indexOf("[")));
    return ok(Array.isArray(list) ? list.flatMap((entry: { name?: unknown }) => String(entry.name)) : []);
  } catch {
    return fail("wrangler's list of secrets could not be read");
  }
}

/** Null: each of them has everything, stored or in `known`, which both are given. */
export function whyIncomplete(
  map: RoutingMap,
  environment: string,
  known: Variables,
  stored: readonly Stored[],
): string | null {
  const lacking = stored
    .map(({ worker, secrets }) => ({ worker, secrets, lines: missingLines(map, known, secrets) }))
    .filter(({ lines }) => lines.length > 0);
  if (lacking.length === 0) return null;
  return [
    "Not deployed.",
    ...lacking.flatMap(({ worker, lines }) => [`${worker} lacks`, ...lines.map((line) => `  ${line}`)]),
    ...lacking.flatMap(({ worker, secrets }) =>
      secrets.ok ? [] : [`The secrets that ${worker} may hold could not be listed: ${secrets.failure}`],
    ),
    `Give each Worker all of them from a file: npm run deploy -- ${environment} --env-file FILE`,
    "or set one at one Worker:",
    ...lacking.map(({ worker }) => `  npx wrangler secret put NAME --name ${worker} --env ""`),
    'A route that you do not want yet: "enabled": false in the map.',
  ].join("\n");
}

function missingLines(map: RoutingMap, known: Variables, secrets: Stored["secrets"]): readonly string[] {
  const set = new Set([...Object.keys(known), ...(secrets.ok ? secrets.value : [])]);
  const required = VARIABLES.filter((variable: Variable) => variable.required && !set.has(variable.name));
  const missing = missingVariables(map, (name) => (set.has(name) ? "set" : undefined));
  return [...required.map(({ name, what }) => `${name} (${what})`), ...missing.map(describeMissing)];
}
