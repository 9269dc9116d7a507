/** What a plan starts from: each value with where it is from. */
import type { Tier } from "../src/domain/route.ts";
import { INPUT_TABLE } from "./input-table.ts";
import type { InputEntry, InputName } from "./input-table.ts";

export interface Input {
  readonly value: number;
  /** `assumed`, `the map`, `measured`, `price list`, `set` … */
  readonly source: string;
}

export interface PlanInputs {
  readonly general: Readonly<Record<InputName, Input>>;
  readonly kinds: readonly KindInputs[];
  /** Hot before Warm, as the map has them. */
  readonly routes: readonly RouteInputs[];
}

export interface KindInputs {
  readonly kind: string;
  /** Ids, in the order in which they are asked; empty: a human answers. */
  readonly chain: readonly string[];
  readonly fields: Readonly<Record<KindField, Input>>;
}

export interface RouteInputs {
  readonly id: string;
  readonly tier: Tier;
  readonly provider: string;
  readonly fields: Readonly<Record<RouteField, Input>>;
}

/** Shares are weighed against each other: they need not add up to 100. */
export const KIND_FIELDS = {
  sharePercent: { value: 0, unit: "%", note: "Of all calls; they need not add up to 100." },
  inputTokens: { value: 1_000, unit: "tokens", note: "Of one prompt." },
  outputTokens: { value: 300, unit: "tokens", note: "Of one answer." },
  deadlineSeconds: { value: 30, unit: "s", note: "Until the first words of a stream, or the whole answer." },
} as const satisfies Readonly<Record<string, InputEntry>>;
export type KindField = keyof typeof KIND_FIELDS;

export const ROUTE_FIELDS = {
  inputPrice: { value: 0, unit: "$/million", note: "Tokens of the prompt." },
  outputPrice: { value: 0, unit: "$/million", note: "Tokens of the answer." },
  failurePercent: { value: 1, unit: "%", note: "Of the attempts; slow ones are counted by their latency.", most: 100 },
  p50Ms: { value: 1_500, unit: "ms", note: "Half of the attempts answer within." },
  p95Ms: { value: 5_000, unit: "ms", note: "95 of 100 attempts answer within." },
} as const satisfies Readonly<Record<string, InputEntry>>;
export type RouteField = keyof typeof ROUTE_FIELDS;

export const INPUT_NAMES = namesOf(INPUT_TABLE);
export const KIND_FIELD_NAMES = namesOf(KIND_FIELDS);
export const ROUTE_FIELD_NAMES = namesOf(ROUTE_FIELDS);

/** All of a table's defaults. */
export function defaultsOf<Name extends string>(table: Readonly<Record<Name, InputEntry>>): Record<Name, Input> {
  return recordOf(namesOf(table), (name) => {
    const { value, source = "assumed" } = table[name];
    return { value, source };
  });
}

/** One value for each name. */
export function recordOf<Name extends string, Value>(
  names: readonly Name[],
  valueOf: (name: Name) => Value,
): Record<Name, Value> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is made of these names and no others
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, Value>;
}

function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tables are literals: they have no other keys
  return Object.keys(table) as Name[];
}
