/** The values of a map's entry that the environment has a part in: base URL, key, headers. */
import type { AwsKeys } from "../domain/route.ts";
import type { OffReason } from "../domain/routing.ts";
import { fail, ok } from "../lib/result.ts";
import type { Result } from "../lib/result.ts";
import { ACCESS_KEY_ID, awsKeysFor, isSet } from "./aws-keys.ts";
import { baseUrlProblem, fitsInHeader, ONE_PLAIN_LINE } from "./map-fields.ts";
import { fillPlaceholders, lookUp, placeholdersIn } from "./placeholder.ts";
import type { Environment, Found } from "./placeholder.ts";
import { BEDROCK_KEY, providerDefaults } from "./provider-table.ts";
import type { RouteEntry } from "./map-routes.ts";

export interface FilledEntry {
  readonly baseUrl: string;
  /** Null: the host needs none. Where calls are signed, what its account is named after. */
  readonly key: Found | null;
  readonly awsKeys: AwsKeys | null;
  readonly headers: Readonly<Record<string, string>>;
}

export function fillEntry(entry: RouteEntry, environment: Environment): Result<FilledEntry, OffReason> {
  const missing = variablesOf(entry).filter((name) => !isSet(name, environment));
  if (missing.length > 0) return fail({ kind: "missing_variables", names: missing });

  const baseUrl = fillPlaceholders(baseUrlOf(entry), environment);
  const key = keyOf(entry, environment);
  const signs = key?.name === ACCESS_KEY_ID;
  const awsKeys = signs ? awsKeysFor(baseUrl, environment) : ok(null);
  if (!awsKeys.ok) return awsKeys;
  const filled: FilledEntry = {
    baseUrl,
    key,
    awsKeys: awsKeys.value,
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

/** Placeholders not filled in. */
export function baseUrlOf(entry: RouteEntry): string {
  return entry.baseUrl ?? providerDefaults(entry.provider)?.baseUrl ?? "";
}

/** The variable of its key; empty: no key is sent. */
export function keyVariable(entry: RouteEntry): readonly string[] {
  if (entry.key !== undefined) return placeholdersIn(entry.key);
  return providerDefaults(entry.provider)?.keyVariables.slice(0, 1) ?? [];
}

function keyOf(entry: RouteEntry, environment: Environment): Found | null {
  const [name] = keyVariable(entry);
  if (name === undefined) return null;
  return lookUp(name, environment) ?? (name === BEDROCK_KEY ? lookUp(ACCESS_KEY_ID, environment) : null);
}

/** Values come from outside too: a base URL must be one, and nothing may smuggle a line break into a header. */
function wrongValue(entry: RouteEntry, { baseUrl, key, headers }: FilledEntry): OffReason | null {
  const expectedUrl = baseUrlProblem(baseUrl);
  if (expectedUrl) {
    return { kind: "wrong_value", field: "baseUrl", names: placeholdersIn(baseUrlOf(entry)), expected: expectedUrl };
  }
  const expected = ONE_PLAIN_LINE;
  if (key && !fitsInHeader(key.value)) return { kind: "wrong_value", field: "key", names: [key.name], expected };

  const header = Object.entries(headers).find(([, value]) => !fitsInHeader(value))?.[0];
  if (header === undefined) return null;
  const names = placeholdersIn(entry.headers?.[header] ?? "");
  return { kind: "wrong_value", field: `headers.${header}`, names, expected };
}
