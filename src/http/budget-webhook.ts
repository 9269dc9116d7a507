/**
 * `POST /budget/webhook`: somebody says how much of a budget is used. Two
 * shapes, each with its own proof: `{ provider, percentUsed }` with a secret,
 * and a Cloud Billing notification pushed by Pub/Sub with its OIDC token.
 */
import type { BudgetAlert } from "../budget/pause-port.ts";
import { percentFrom } from "../budget/percent.ts";
import { readBudgetPush } from "../budget/read-budget-push.ts";
import { verifyPush } from "../budget/verify-push.ts";
import type { KeySets } from "../identity/key-sets.ts";
import type { Refusal } from "../domain/refusal.ts";
import { sameSecret } from "../lib/constant-time.ts";
import { readTextWithin } from "../lib/read-text.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { bearerOf } from "./bearer.ts";
import { refusalResponse } from "./refusal-response.ts";
import { type BudgetDeps, tellSwitchboard } from "./tell-switchboard.ts";

const MAX_ALERT_BYTES = 65_536;
const MAX_PROVIDER_CHARACTERS = 64;
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const CONTROLS = /[\u0000-\u001f\u007f]/;

/** Plain data: an isolate keeps the keys of Pub/Sub's tokens for ten minutes. */
const keySets: KeySets = new Map();

export async function budgetWebhook(request: Request, deps: BudgetDeps, requestId: string): Promise<Response> {
  const text = await readTextWithin(request, MAX_ALERT_BYTES);
  if (text === null) return refusalResponse({ kind: "body_too_large", maxBytes: MAX_ALERT_BYTES });
  const body = parsed(text);
  const alerts = isPush(body) ? await fromPush(request, body, deps, requestId) : fromPlain(request, body, deps);
  if (!alerts.ok) return refusalResponse(alerts.failure);
  for (const alert of alerts.value) {
    const refusal = await tellSwitchboard({ kind: "alert", alert }, deps, requestId);
    if (refusal !== null) return refusalResponse(refusal);
  }
  return new Response(null, { status: 204 });
}

/** Undefined: it is not JSON. Whether that may be said depends on the secret. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isPush(body: unknown): boolean {
  return isObject(body) && isObject(body["message"]);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

async function fromPush(
  request: Request,
  body: unknown,
  { routing, fetch: send, clock, logError }: BudgetDeps,
  requestId: string,
): Promise<Result<readonly BudgetAlert[], Refusal>> {
  const settings = routing.budget.push;
  if (settings === null) return fail({ kind: "not_in_map", field: "budget.push" });
  const verdict = await verifyPush(bearerOf(request.headers), settings, { keySets, fetch: send, clock });
  if (verdict.kind === "no_keys") {
    logError(requestId, verdict.why);
    return fail({ kind: "unavailable", what: "The keys of budget.push", retryAfterMs: TRY_AGAIN_MS });
  }
  if (verdict.kind === "refused") return fail({ kind: "bad_budget_secret" });
  const alerts = readBudgetPush(body, settings.provider, clock.now());
  return alerts.ok ? alerts : fail({ kind: "invalid_request", ...alerts.failure });
}

const TRY_AGAIN_MS = 10_000;

function fromPlain(request: Request, body: unknown, deps: BudgetDeps): Result<readonly BudgetAlert[], Refusal> {
  const proof = proofOf(request, deps.settings);
  if (!proof.ok) return proof;
  if (body === undefined) return fail({ kind: "invalid_json", reason: "it does not parse" });
  const { provider, percentUsed } = isObject(body) ? body : { provider: undefined, percentUsed: undefined };
  // One short line: it stands in notices, where a line of its own could pass for Lisbon's.
  if (
    typeof provider !== "string" ||
    provider.trim() === "" ||
    provider.length > MAX_PROVIDER_CHARACTERS ||
    CONTROLS.test(provider)
  ) {
    return invalid("provider", 'expected a name such as "google".');
  }
  const percent = percentFrom(percentUsed);
  if (percent === null) return invalid("percentUsed", "expected a number from 0 to 1000, in per cent.");
  const { pauseOnly } = proof.value;
  const alert: BudgetAlert = {
    provider: provider.trim(),
    percentUsed: percent,
    kind: "actual",
    period: null,
    message: null,
    // Apart, so that whoever may only pause has no say in what is remembered of the other.
    source: `${pauseOnly ? "token" : "webhook"}:${provider.trim().toLowerCase()}`,
    pauseOnly,
    stated: true,
  };
  return ok([alert]);
}

/** In a header, or the token of senders that cannot set one: that can only pause. */
function proofOf(
  request: Request,
  { budgetSecret, pauseToken }: BudgetDeps["settings"],
): Result<{ readonly pauseOnly: boolean }, Refusal> {
  if (budgetSecret === null && pauseToken === null) {
    return fail({ kind: "not_configured", variable: "BUDGET_WEBHOOK_SECRET" });
  }
  const { headers } = request;
  const inHeader = [bearerOf(headers), headers.get("x-lisbon-secret") ?? ""];
  if (budgetSecret !== null && inHeader.some((given) => sameSecret(given, budgetSecret))) {
    return ok({ pauseOnly: false });
  }
  const token = new URL(request.url).searchParams.get("token") ?? "";
  if (pauseToken !== null && sameSecret(token, pauseToken)) return ok({ pauseOnly: true });
  return fail({ kind: "bad_budget_secret" });
}

function invalid(param: string, expected: string): Result<never, Refusal> {
  return fail({ kind: "invalid_request", param, reason: `${param}: ${expected}` });
}
