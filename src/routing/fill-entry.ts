/** The values of a map's entry that the environment has a part in: base URL, key, headers. */
import type { OffReason } from "../domain/routing.ts";
import { fail, ok } from "../lib/result.ts";
import type { Result } from "../lib/result.ts";
import { baseUrlProblem } from "./map-fields.ts";
import { fillPlaceholders, lookUp, placeholdersIn } from "./placeholder.ts";
import type { Environment, Found } from "./placeholder.ts";
import { providerDefaults } from "./provider-table.ts";
import type { RouteEntry } from "./routing-map.ts";

export interface FilledEntry {
  readonly baseUrl: string;
  /** Null: the host needs none. */
  readonly key: Found | null;
  readonly headers: Readonly<Record<string, string>>;
}

export function fillEntry(entry: RouteEntry, environment: Environment): Result<FilledEntry, OffReason> {
  const missing = variablesOf(entry).filter((name) => lookUp(name, environment) === null);
  if (missing.length > 0) return fail({ kind: "missing_variables", names: missing });

  const filled: FilledEntry = {
    baseUrl: fillPlaceholders(baseUrlOf(entry), environment),
    key: keyOf(entry, environment),
    headers: Object.fromEntries(
      Object.entries(entry.headers ?? {}).map(([name, text]) => [name, fillPlaceholders(text, environment)]),
    ),
  };
  const wrong = wrongValue(entry, filled);
  return wrong ? fail(wrong) : ok(filled);
}

/** Every variable that the entry needs, each once; of several that mean the same, the first. */
export function variablesOf(entry: RouteEntry): readonly string[] {
  const texts = [baseUrlOf(entry), ...Object.values(entry.headers ?? {})];
  return [...new Set([...texts.flatMap(placeholdersIn), ...keyVariable(entry)])];
}

function baseUrlOf(entry: RouteEntry): string {
  return entry.baseUrl ?? providerDefaults(entry.provider)?.baseUrl ?? "";
}

function keyVariable(entry: RouteEntry): readonly string[] {
  if (entry.key !== undefined) return placeholdersIn(entry.key);
  return providerDefaults(entry.provider)?.keyVariables.slice(0, 1) ?? [];
}

function keyOf(entry: RouteEntry, environment: Environment): Found | null {
  const [name] = keyVariable(entry);
  return name === undefined ? null : lookUp(name, environment);
}

/** Values come from outside too: a base URL must be one, and nothing may smuggle a line break into a header. */
function wrongValue(entry: RouteEntry, { baseUrl, key, headers }: FilledEntry): OffReason | null {
  const expectedUrl = baseUrlProblem(baseUrl);
  if (expectedUrl) {
    return { kind: "wrong_value", field: "baseUrl", names: placeholdersIn(baseUrlOf(entry)), expected: expectedUrl };
  }
  const expected = "one line of plain characters";
  if (key && !fitsInHeader(key.value)) return { kind: "wrong_value", field: "key", names: [key.name], expected };

  const header = Object.entries(headers).find(([, value]) => !fitsInHeader(value))?.[0];
  if (header === undefined) return null;
  const names = placeholdersIn(entry.headers?.[header] ?? "");
  return { kind: "wrong_value", field: `headers.${header}`, names, expected };
}

function fitsInHeader(value: string): boolean {
  return /^[\u0020-\u007e]+$/.test(value);
}
