/**
 * The same caller's same failing request is answered without any provider: the switchboard counts failures by the
 * request's fingerprint, and the third within 180 s blocks it. Only failures of the request itself count; what time
 * mends never does, because the official SDKs send that again by themselves.
 * docs/decisions/2026-11-21-a-request-that-loops.md
 */
import type { LoopScope } from "../breaker/breakers.ts";
import { errorMark, hashOf } from "../breaker/error-text.ts";
import { LOOP_TIMES } from "../breaker/loops.ts";
import { cacheKeyOf } from "../cache/cache-key.ts";
import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { FailureKind } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";

/** Null, at once: this call is none, like nearly every call. No hash is made where nothing of its tenant and kind is blocked. */
export function refuseLoop(call: PlannedCall, deps: Pick<Deps, "breakers" | "clock">): Promise<Refusal | null> | null {
  if (call.from.kind === "job" || !deps.breakers.mayLoop(scopeOf(call))) return null;
  return blockedLoop(call, deps);
}

async function blockedLoop(call: PlannedCall, deps: Pick<Deps, "breakers" | "clock">): Promise<Refusal | null> {
  const loop = deps.breakers.loopOf(scopeOf(call), await fingerprintOf(call));
  if (loop === null) return null;
  const { error, reason, untilMs } = loop;
  return {
    kind: "request_loop",
    error,
    reason,
    times: LOOP_TIMES,
    retryAfterMs: Math.max(0, untilMs - deps.clock.now()),
  };
}

/** Its caller is told no. Where that is the request's own fault, the switchboard hears of it after the reply. */
export function noteLoop(call: PlannedCall, refusal: Refusal, deps: Deps): void {
  const error = loopErrorOf(refusal);
  if (error === null || !counts(call, refusal)) return;
  deps.afterReply(tell(call, error, "reason" in refusal ? refusal.reason : null, deps));
}

async function tell(call: PlannedCall, error: string, reason: string | null, deps: Deps): Promise<void> {
  try {
    deps.breakers.noteFailing({ scope: scopeOf(call), id: await fingerprintOf(call), error, reason });
  } catch (cause) {
    deps.logError(call.requestId, cause);
  }
}

/**
 * What an SDK repeats by itself is one request of its caller. A job that the request kills is run once; one that
 * nobody could read is run again by the job, which is no loop of its caller's.
 */
function counts({ from }: PlannedCall, refusal: Refusal): boolean {
  return from.kind === "job" ? refusal.kind !== "providers_failed" : !from.wishes.isRetry;
}

/** No answer that anybody could use: with the same request the next one will be like it. */
const UNUSABLE: ReadonlySet<FailureKind> = new Set(["unreadable", "empty_answer", "answer_too_large"]);

/** What the same failure has in common, its text's ids and numbers left out; null: it is not the request's own. */
export function loopErrorOf(refusal: Refusal): string | null {
  switch (refusal.kind) {
    case "request_rejected":
    case "content_filtered":
    case "context_too_long":
      return `${refusal.kind} ${errorMark({ detail: refusal.reason })}`;
    case "providers_failed": {
      const { failures } = refusal;
      const unusable = failures.length > 0 && failures.every((kind) => UNUSABLE.has(kind));
      return unusable ? (failures.at(-1) ?? null) : null;
    }
    default:
      return null;
  }
}

function scopeOf({ from, kind }: PlannedCall): LoopScope {
  return { tenant: from.tenant, kind: kind.name };
}

const FINGERPRINT_DIGITS = 12;

/** What was said cannot be read out of it. A map with other routes makes another one of it: they may answer. */
export async function fingerprintOf({ from, request, native, kind, routes }: PlannedCall): Promise<string> {
  const scope = { tenant: from.tenant, kind: kind.name, per: "user", user: from.user ?? request.user ?? null } as const;
  const asked = native === null || native.onlyNative === null ? null : native.body;
  const map = hashOf(
    JSON.stringify(
      routes.map(({ id, api, model, baseUrl, contextTokens }) => [id, api, model, baseUrl, contextTokens]),
    ),
  );
  const { exact } = await cacheKeyOf(request, scope, [map, asked]);
  return exact.slice(0, FINGERPRINT_DIGITS);
}
