import type * as z from "zod";
import type { Keys, Limits, Spend } from "../admin-schemas.ts";
import { fromNow } from "../screen/moments.ts";
import type { Paint } from "../screen/paint.ts";
import { harmless, shortened, table } from "../screen/table.ts";

export interface TenantRow {
  readonly tenant: string;
  /** This month. */
  readonly requests: number;
  readonly usd: number;
  /** By calendar month; null: none. */
  readonly limitUsd: number | null;
  readonly leftUsd: number | null;
  /** Those that count. */
  readonly keys: number;
}

/** A tenant that has no key, no budget and no use stands in the map alone, which no path of the Worker shows. */
export function tenantRows(told: {
  readonly limits: z.infer<typeof Limits>;
  readonly spend: z.infer<typeof Spend>;
  readonly keys: z.infer<typeof Keys>;
}): readonly TenantRow[] {
  const { limits, spend, keys } = told;
  const names = new Set([
    ...keys.keys.map(({ tenant }) => tenant),
    ...spend.spend.map(({ tenant }) => tenant),
    ...limits.budgets.flatMap(({ scope }) => tenantIn(scope)),
    ...Object.keys(limits.changes).flatMap(tenantIn),
  ]);
  return [...names].toSorted().map((tenant): TenantRow => {
    const budget = limits.budgets.find(({ scope }) => scope === `tenant:${tenant}`);
    const spent = spend.spend.find((row) => row.tenant === tenant);
    const usd = spent?.usd ?? 0;
    // A budget that nothing was taken from yet has no line of its own.
    const limitUsd = budget?.limit_usd ?? limits.changes[`tenant:${tenant}`]?.monthlyUsd ?? null;
    return {
      tenant,
      requests: spent?.requests ?? 0,
      usd,
      limitUsd,
      leftUsd: budget?.left_usd ?? (limitUsd === null ? null : limitUsd - usd),
      keys: keys.keys.filter((key) => key.tenant === tenant && key.revoked_at === null).length,
    };
  });
}

function tenantIn(scope: string): readonly string[] {
  return scope.startsWith("tenant:") ? [scope.slice("tenant:".length)] : [];
}

export function tenantLines(rows: readonly TenantRow[], paint: Paint): readonly string[] {
  if (rows.length === 0) return ["No tenant has a key yet.", "Make the first: npx lisbon tenants key default"];
  const cells = rows.map(({ tenant, requests, usd, limitUsd, leftUsd, keys }) => [
    String(requests),
    dollars(usd),
    limitUsd === null ? "-" : dollars(limitUsd),
    leftUsd === null ? "-" : paint(leftUsd <= 0 ? "bad" : "good", dollars(leftUsd)),
    String(keys),
    harmless(tenant),
  ]);
  const [head = "", ...lines] = table(
    [["CALLS", "SPENT", "LIMIT", "LEFT", "KEYS", "TENANT"], ...cells],
    [0, 1, 2, 3, 4],
  );
  return [paint("dim", head), ...lines, "", "Calls and money: this calendar month (UTC)."];
}

export interface KeyRow {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

export function keyLines(keys: readonly KeyRow[], nowMs: number, paint: Paint): readonly string[] {
  if (keys.length === 0) return ["There are no keys.", "Make one: npx lisbon tenants key TENANT"];
  const cells = keys.map(({ id, tenant, name, createdAt, revokedAt }) => [
    revokedAt === null ? paint("good", "counts") : paint("dim", "revoked"),
    fromNow(Date.parse(createdAt), nowMs),
    shortened(harmless(tenant), 40),
    id,
    harmless(name),
  ]);
  const [head = "", ...lines] = table([["STATE", "MADE", "TENANT", "ID", "NAME"], ...cells]);
  return [paint("dim", head), ...lines];
}

interface BudgetRow {
  readonly scope: string;
  readonly period: string;
  readonly limitUsd: number;
  readonly usedUsd: number;
  readonly reservedUsd: number;
  readonly leftUsd: number;
}

interface ChangeRow {
  readonly scope: string;
  readonly [name: string]: string | number | null;
}

export function limitLines(
  changes: readonly ChangeRow[],
  budgets: readonly BudgetRow[],
  paint: Paint,
): readonly string[] {
  const changed = changes.flatMap(({ scope, ...limits }) =>
    Object.entries(limits).map(([name, value]) => [
      `  ${harmless(scope)}`,
      name,
      value === null ? "none" : String(value),
    ]),
  );
  const rows = budgets.map(({ scope, limitUsd, usedUsd, reservedUsd, leftUsd }) => [
    dollars(limitUsd),
    dollars(usedUsd),
    dollars(reservedUsd),
    paint(leftUsd <= 0 ? "bad" : "good", dollars(leftUsd)),
    harmless(scope),
  ]);
  const [head = "", ...lines] = table([["LIMIT", "USED", "RESERVED", "LEFT", "OF"], ...rows], [0, 1, 2, 3]);
  return [
    ...(rows.length === 0 ? ["No budget of money has been used yet, or none is set."] : [paint("dim", head), ...lines]),
    "",
    ...(changed.length === 0
      ? ["Nothing was changed at run time: the map's limits count."]
      : ["Changed at run time (--reset: the map's again):", ...table(changed)]),
  ];
}

/** To the cent, and what is less than that as such. */
export function dollars(usd: number): string {
  if (usd > 0 && usd < 0.01) return "<$0.01";
  return usd < 0 ? `-$${(-usd).toFixed(2)}` : `$${usd.toFixed(2)}`;
}
