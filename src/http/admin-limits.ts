/** `/admin/limits`: what everybody may use, changed at run time; `/admin/spend`: what was used. */
import * as z from "zod/mini";
import { LIMIT_NAMES } from "../domain/limits.ts";
import { MICROS } from "../domain/price.ts";
import { canGroup, isRecent, RECENT_MS, SPEND_GROUPS } from "../ledger/spend-tables.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { readAdminBody } from "./read-admin-body.ts";
import { refusalResponse } from "./refusal-response.ts";
import { problemOf } from "./schema-problem.ts";

const scope = z
  .string()
  .check(
    z.maxLength(200),
    z.regex(
      /^(?:all|(?:account|tenant|perUser|user):[^\s*]+)$/,
      "expected all, account:X, tenant:T, perUser:T or user:T/U",
    ),
  );
const count = z.optional(z.nullable(z.int().check(z.nonnegative())));
export const Change = z.strictObject({
  scope,
  /** Null lifts a limit; what is not named stays as it is. `limits: null`: the map's own count again. */
  limits: z.nullable(
    z.strictObject({
      requestsPerMinute: count,
      dailyTokens: count,
      monthlyTokens: count,
      monthlyUsd: z.optional(z.nullable(z.number().check(z.nonnegative()))),
    }),
  ),
});

/** UTF-8. They travel in every snapshot; further ones belong into the map. */
const MOST_CHANGES_BYTES = 1_536;

/** `GET`: the budgets as they stand, what was changed at run time, and what nobody accounts for. */
export async function showLimits(_request: Request, deps: WorkerDeps): Promise<Response> {
  const { changes, budgets, unaccounted } = await deps.ledgerOperator().view();
  return Response.json({
    changes,
    budgets: budgets.map(({ scope: of, period, limitMicros, settledMicros, givenMicros, endsAtMs }) => ({
      scope: of,
      period,
      limit_usd: limitMicros / MICROS,
      settled_usd: settledMicros / MICROS,
      given_usd: givenMicros / MICROS,
      left_usd: (limitMicros - settledMicros - givenMicros) / MICROS,
      ends_at: new Date(endsAtMs).toISOString(),
    })),
    unaccounted: unaccounted.map(({ slice, scope: of, period, micros, usedMicros, heardAtMs }) => ({
      slice,
      scope: of,
      period,
      given_usd: micros / MICROS,
      known_used_usd: usedMicros / MICROS,
      heard_at: new Date(heardAtMs).toISOString(),
    })),
  });
}

/** `POST { "scope": "tenant:acme", "limits": { "monthlyUsd": 50, "requestsPerMinute": null } }` */
export async function changeLimits(request: Request, deps: WorkerDeps): Promise<Response> {
  const body = await readAdminBody(request, Change);
  if (!body.ok) return refusalResponse(body.failure);
  const ledger = deps.ledgerOperator();
  const { changes: before } = await ledger.view();
  const { scope: of, limits } = body.value;
  const given = Object.fromEntries(
    LIMIT_NAMES.flatMap((name) => (limits?.[name] === undefined ? [] : [[name, limits[name]]])),
  );
  const change = limits === null ? null : { ...before[of], ...given };
  const bytes = new TextEncoder().encode(JSON.stringify({ ...before, [of]: change })).byteLength;
  if (bytes > MOST_CHANGES_BYTES) {
    const reason = "scope: too many limits are changed at run time; put the lasting ones into the routing map";
    return refusalResponse({ kind: "invalid_request", param: "scope", reason });
  }
  // The ledger owns them; the snapshot carries them to the isolates.
  const changes = await ledger.changeLimits(of, change);
  await deps.switchboard().setLimits(changes);
  deps.breakers.outdated();
  return await showLimits(request, deps);
}

export const Settled = z.strictObject({ slice: z.string(), used_usd: z.number().check(z.nonnegative()) });

/** `POST { "slice": "…", "used_usd": 0.02 }`: by the provider's own bill, say. */
export async function settleUnaccounted(request: Request, deps: WorkerDeps): Promise<Response> {
  const body = await readAdminBody(request, Settled);
  if (!body.ok) return refusalResponse(body.failure);
  const { slice, used_usd: usd } = body.value;
  const settled = await deps.ledgerOperator().settleUnaccounted(slice, Math.ceil(usd * MICROS));
  if (settled) return await showLimits(request, deps);
  const reason = "slice: there is none of this id, or its isolate was heard of in the last minute";
  return refusalResponse({ kind: "invalid_request", param: "slice", reason });
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const day = z.string().check(z.regex(DAY, "expected a day such as 2026-11-21"));
const Query = z.object({
  by: z.prefault(z.string(), "day"),
  from: z.optional(day),
  to: z.optional(day),
  tenant: z.optional(z.string()),
});

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** `GET ?by=tenant,kind&from=2026-11-01&to=2026-11-30&tenant=acme`; without days this month. `by=minute,route`: of the last day. */
export async function showSpend(request: Request, deps: WorkerDeps): Promise<Response> {
  const query = Query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) return refusalResponse({ kind: "invalid_request", ...problemOf(query.error) });
  const now = deps.clock.now();
  const today = dayOf(now);
  const asked = query.data.by.split(",");
  const by = SPEND_GROUPS.filter((group) => asked.includes(group));
  // On the first of a month its last day is in another one.
  const first = by.some(isRecent) ? dayOf(now - RECENT_MS) : `${today.slice(0, 7)}-01`;
  const { from = first, to = today, tenant = null } = query.data;
  if (by.length < asked.length || !canGroup(by, tenant)) {
    const reason = `by: expected some of ${SPEND_GROUPS.join(", ")}, with commas between, the last three without the others`;
    return refusalResponse({ kind: "invalid_request", param: "by", reason });
  }
  const rows = await deps.ledgerOperator().spent({ by, from, to, tenant });
  return Response.json({
    from,
    to,
    spend: rows.map(({ micros, estimated_micros: estimated, ...row }) => ({
      ...row,
      usd: Number(micros) / MICROS,
      estimated_usd: Number(estimated) / MICROS,
    })),
  });
}
