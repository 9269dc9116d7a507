/**
 * The one file that calls `fetch`, for all providers. Redirects are never
 * followed: workerd would send `x-api-key` along to the other host.
 */
import type { Failure } from "../domain/failure.ts";
import { HOP_HEADER } from "../domain/hop.ts";
import { wait, type Clock } from "../lib/clock.ts";
import type { Fetch } from "../lib/fetch.ts";
import { readTextUpTo } from "../lib/read-text.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { Watchdog } from "../lib/watchdog.ts";
import type { Provider, WireRequest } from "./provider.ts";
import { signed } from "./signed.ts";

export interface SendOptions {
  readonly provider: Provider;
  readonly watchdog: Watchdog;
  readonly callerSignal: AbortSignal;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** `x-lisbon-hop`, by which a call of our own is known again; null or absent: none. */
  readonly hop?: string | null;
  /** Told of every answer, good or bad. */
  readonly noteHeaders?: (headers: Headers) => void;
}

/** What goes out, and the key that tells a provider that it has come before; null: none. */
export interface Outgoing {
  readonly wire: WireRequest;
  readonly idempotencyKey: string | null;
}

/** An error page larger than this says nothing that its beginning does not say. */
const MAX_ERROR_BYTES = 65_536;

/** A 2xx answer with its body unread, or why there is none. */
export async function send(outgoing: Outgoing, options: SendOptions): Promise<Result<Response, Failure>> {
  const { provider, watchdog, callerSignal, fetch, clock, hop } = options;
  const { wire, idempotencyKey } = outgoing;
  const { url, body } = wire;
  const own = wire.awsKeys == null ? wire.headers : await signed(wire, wire.awsKeys, clock.now());
  const headers = {
    ...own,
    ...(idempotencyKey !== null && { "idempotency-key": idempotencyKey }),
    ...(hop != null && { [HOP_HEADER]: hop }),
  };
  let response: Response;
  try {
    response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal: watchdog.signal });
  } catch {
    return fail(connectionFailure(options, "unreachable"));
  }
  options.noteHeaders?.(response.headers);
  if (response.ok) return ok(response);
  const errorText = await errorTextOf(response, options);
  if (callerSignal.aborted) return fail(connectionFailure(options, "unreachable"));
  return fail(provider.fromError(response.status, response.headers, errorText, clock.now()));
}

/** The status has come already and says most; a body that hangs or breaks off is not worth the caller's time. */
const ERROR_BODY_MS = 1_000;

async function errorTextOf(response: Response, { watchdog, clock }: SendOptions): Promise<string> {
  const inTime = new AbortController();
  const text = readTextUpTo(response, MAX_ERROR_BYTES).catch(() => "");
  const late = wait(clock, ERROR_BODY_MS, inTime.signal).then(() => {
    if (!inTime.signal.aborted) watchdog.abort();
    return "";
  });
  const first = await Promise.race([text, late]);
  inTime.abort();
  return first;
}

/** The name of a clock that ran out through no fault of the provider's. */
export const OUT_OF_TIME = "outOfTime";

/**
 * What a throw of `fetch` or of a body's read means. The platform's words do
 * not tell a refused connection from a reset one, so the place does: before
 * the headers the host is out of reach, after them the connection was lost.
 */
export function connectionFailure(
  { watchdog, callerSignal }: Pick<SendOptions, "watchdog" | "callerSignal">,
  lost: "unreachable" | "reset" | "stream_cut",
): Failure {
  if (callerSignal.aborted) return { kind: "caller_gone", detail: "the caller hung up" };
  const expired = watchdog.expired();
  if (expired === OUT_OF_TIME) return { kind: "out_of_time", detail: "the call's time ran out" };
  if (expired !== null) return { kind: "timed_out", detail: `${expired} ran out` };
  return { kind: lost, detail: lost === "unreachable" ? "no connection, or lost before an answer" : "connection lost" };
}
