/** `lisbon tenants`: whose apps call, what they may use and have used this month, and their keys. */
import { fail, ok } from "../../src/lib/result.ts";
import type { Result } from "../../src/lib/result.ts";
import { Keys, Limits, NewKey, Spend } from "../admin-schemas.ts";
import { askAdmin, askAdminFor, posting } from "../ask-admin.ts";
import type { AdminFailure } from "../ask-admin.ts";
import { confirmed } from "../confirm.ts";
import type { CommandOptions, Ending } from "../run-command.ts";
import { keyLines, limitLines, tenantLines, tenantRows } from "./tenant-lines.ts";

export async function tenants(options: CommandOptions): Promise<Ending> {
  const [budgets, spend, keys] = await Promise.all([
    askAdminFor(Limits, options, "/admin/limits"),
    askAdminFor(Spend, options, "/admin/spend?by=tenant"),
    askAdminFor(Keys, options, "/admin/keys"),
  ]);
  if (!budgets.ok) return budgets;
  if (!spend.ok) return spend;
  if (!keys.ok) return keys;
  const rows = tenantRows({ limits: budgets.value, spend: spend.value, keys: keys.value });
  const { from, to } = spend.value;
  return ok({ json: { from, to, tenants: rows }, lines: (paint) => tenantLines(rows, paint) });
}

export interface KeyOptions extends CommandOptions {
  readonly name?: string;
}

/** The key alone goes to stdout: it is shown once, and is meant to be piped into a secret store. */
export async function makeKey(tenant: string, options: KeyOptions): Promise<Ending> {
  const body = { tenant, ...(options.name !== undefined && { name: options.name }) };
  const made = await askAdminFor(NewKey, options, "/admin/keys", posting(body));
  if (!made.ok) return made;
  const { id, name, key, created_at: createdAt } = made.value;
  return ok({
    json: { key: { id, tenant, name, key, createdAt } },
    lines: () => [key],
    asides: [`It is shown this once. Its id is ${id}; to take it back: npx lisbon tenants revoke ${id}`],
  });
}

export interface KeysOptions extends CommandOptions {
  readonly tenant?: string;
}

export async function listKeys(options: KeysOptions): Promise<Ending> {
  const query = options.tenant === undefined ? "" : `?${new URLSearchParams({ tenant: options.tenant })}`;
  const asked = await askAdminFor(Keys, options, `/admin/keys${query}`);
  if (!asked.ok) return asked;
  const keys = asked.value.keys.map(({ id, tenant, name, created_at: createdAt, revoked_at: revokedAt }) => ({
    id,
    tenant,
    name,
    createdAt,
    revokedAt,
  }));
  return ok({ json: { keys }, lines: (paint) => keyLines(keys, Date.now(), paint) });
}

export async function revokeKey(id: string, options: CommandOptions): Promise<Ending> {
  const sure = await confirmed(`Revoke ${id}? Whoever uses it, or what it signed, is refused from then on.`, options);
  if (!sure.ok) return sure;
  const revoked = await askAdmin(options, `/admin/keys/${encodeURIComponent(id)}/revoke`, posting());
  if (!revoked.ok) return revoked;
  return ok({
    json: { id },
    lines: (paint) => [`${paint("warn", `${id} is revoked`)}; nobody is served by it after 5 s.`],
  });
}

export interface LimitOptions extends CommandOptions {
  readonly requestsPerMinute?: string;
  readonly dailyTokens?: string;
  readonly monthlyTokens?: string;
  readonly monthlyUsd?: string;
  /** The map's own limits again. */
  readonly reset?: true;
}

const NAMES = ["requestsPerMinute", "dailyTokens", "monthlyTokens", "monthlyUsd"] as const;

/** Without a scope, or without a limit, it shows them. `scope`: a tenant's name, or one as in `docs/limits.md`. */
export async function limits(scope: string | undefined, options: LimitOptions): Promise<Ending> {
  const change = changeIn(options);
  if (!change.ok) return change;
  const of = scope === undefined || /^all$|:/.test(scope) ? scope : `tenant:${scope}`;
  const isChange = options.reset === true || Object.keys(change.value).length > 0;
  if (isChange && of === undefined) {
    const next = "npx lisbon tenants limits TENANT --monthly-usd 50";
    return fail({ kind: "usage", code: "usage", message: "whose limits?", next });
  }
  if (isChange) {
    const sure = await confirmed(`Change the limits of ${of}, until they are reset?`, options);
    if (!sure.ok) return sure;
  }
  const body = { scope: of, limits: options.reset === true ? null : change.value };
  const asked = await askAdminFor(Limits, options, "/admin/limits", isChange ? posting(body) : {});
  if (!asked.ok) return asked;
  const mine = (one: string): boolean => of === undefined || one === of;
  const changes = Object.entries(asked.value.changes).flatMap(([one, given]) =>
    mine(one)
      ? [
          {
            scope: one,
            ...Object.fromEntries(NAMES.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]))),
          },
        ]
      : [],
  );
  const budgets = asked.value.budgets
    .filter((budget) => mine(budget.scope))
    .map((budget) => ({
      scope: budget.scope,
      period: budget.period,
      limitUsd: budget.limit_usd,
      usedUsd: budget.settled_usd,
      reservedUsd: budget.given_usd,
      leftUsd: budget.left_usd,
      endsAt: budget.ends_at,
    }));
  return ok({ json: { changes, budgets }, lines: (paint) => limitLines(changes, budgets, paint) });
}

function changeIn(options: LimitOptions): Result<Readonly<Record<string, number | null>>, AdminFailure> {
  const change: Record<string, number | null> = {};
  for (const name of NAMES) {
    const text = options[name];
    if (text === undefined) continue;
    const number = Number(text);
    const isWhole = name === "monthlyUsd" || Number.isInteger(number);
    if (text !== "none" && (text.trim() === "" || !(number >= 0) || !Number.isFinite(number) || !isWhole)) {
      const message = `${text} is no limit`;
      return fail({ kind: "usage", code: "usage", message, next: "A number from 0, or none to lift it." });
    }
    change[name] = text === "none" ? null : number;
  }
  return ok(change);
}
