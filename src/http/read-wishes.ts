/** What a caller says beside its request, in headers or in fields of its body that no provider is shown. */
import type { Caller } from "../domain/caller.ts";
import { NO_WISHES, type Wishes } from "../domain/call.ts";
import { ON_COLD, type OnCold } from "../domain/kind.ts";
import type { Refusal } from "../domain/refusal.ts";
import { callbackUrlProblem } from "../jobs/callback-url.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import type { Settings } from "../settings.ts";

export interface Understood {
  /** Without the fields that are ours. */
  readonly request: ChatRequest;
  readonly wishes: Wishes;
}

/** In the body these are ours: `idempotencyKey` for old clients, and those that no SDK has a header for. */
export const OURS = ["idempotencyKey", "on_cold", "callback_url", "private"] as const;

export function readWishes(
  incoming: Request,
  body: ChatRequest,
  settings: Settings,
  caller: Pick<Caller, "by"> = SERVER,
): Result<Understood, Refusal> {
  const { headers } = incoming;
  const keyHeader = headers.get("idempotency-key");
  const coldHeader = headers.get("x-lisbon-on-cold");
  const isRetry = Number(headers.get("x-stainless-retry-count") ?? 0) > 0;
  const hasOurs = OURS.some((name) => body[name] !== undefined);
  const privateHeader = headers.get("x-lisbon-private");
  if (keyHeader === null && coldHeader === null && privateHeader === null && !isRetry && !hasOurs)
    return ok({ request: body, wishes: NO_WISHES });

  const { idempotencyKey, on_cold: onColdField, callback_url: callbackUrl, private: privateField, ...request } = body;
  const key = keyOf(keyHeader, idempotencyKey);
  if (!key.ok) return key;
  const onCold = onColdOf(coldHeader, onColdField);
  if (!onCold.ok) return onCold;
  const callback = callbackOf(callbackUrl, incoming.url, settings, caller);
  if (!callback.ok) return callback;
  const isPrivate = privateOf(privateHeader, privateField);
  if (!isPrivate.ok) return isPrivate;
  const resumeAfter = key.value === null ? null : headers.get("last-event-id");
  return ok({
    request,
    wishes: {
      key: key.value,
      resumeAfter,
      isRetry,
      onCold: onCold.value,
      callbackUrl: callback.value,
      isPrivate: isPrivate.value,
    },
  });
}

const SERVER = { by: "server_key" } as const;
const MAX_KEY_CHARS = 255;

function keyOf(header: string | null, field: unknown): Result<string | null, Refusal> {
  const given = header ?? field ?? null;
  if (given === null) return ok(null);
  const isKey = typeof given === "string" && given.length <= MAX_KEY_CHARS && given.trim() !== "";
  if (isKey) return ok(given);
  const param = header === null ? "idempotencyKey" : "Idempotency-Key";
  return refuse(param, `expected a text of 1 to ${MAX_KEY_CHARS} characters`);
}

function onColdOf(header: string | null, field: unknown): Result<OnCold | null, Refusal> {
  const given = header ?? field ?? null;
  if (given === null) return ok(null);
  const known = ON_COLD.find((wish) => wish === given);
  if (known) return ok(known);
  return refuse(header === null ? "on_cold" : "x-lisbon-on-cold", `expected one of ${ON_COLD.join(", ")}`);
}

/** A word that nobody understands must not be taken for a leave. */
function privateOf(header: string | null, field: unknown): Result<boolean, Refusal> {
  const given = header ?? field ?? false;
  if (given === true || given === "true" || given === "1") return ok(true);
  if (given === false || given === "false" || given === "0") return ok(false);
  return refuse(header === null ? "private" : "x-lisbon-private", "expected true or false");
}

function callbackOf(
  given: unknown,
  calledUrl: string,
  settings: Settings,
  { by }: Pick<Caller, "by">,
): Result<string | null, Refusal> {
  if (given === undefined || given === null) return ok(null);
  // What is signed for it is signed for everybody: a stranger must not have it sent to a place of its own.
  if (by !== "server_key") return refuse("callback_url", "only a server key may name one");
  if (typeof given !== "string") return refuse("callback_url", "expected a URL");
  if (settings.signingSecret === null) {
    return refuse("callback_url", "this router signs no callbacks: it has no LISBON_SIGNING_SECRET");
  }
  const problem = callbackUrlProblem(given, {
    ownHosts: [calledUrl, settings.publicUrl ?? calledUrl].map((url) => new URL(url).hostname),
    development: settings.environment === "development",
  });
  return problem === null ? ok(given) : refuse("callback_url", problem);
}

function refuse(param: string, reason: string): Result<never, Refusal> {
  return fail({ kind: "invalid_request", param, reason: `${param}: ${reason}` });
}
