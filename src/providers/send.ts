/**
 * The one file that calls `fetch`, for all providers. Redirects are never
 * followed: workerd would send `x-api-key` along to the other host.
 */
import type { Failure } from "../domain/failure.ts";
import type { Clock } from "../lib/clock.ts";
import type { Fetch } from "../lib/fetch.ts";
import { readTextUpTo } from "../lib/read-text.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { Watchdog } from "../lib/watchdog.ts";
import type { Provider, WireRequest } from "./provider.ts";

export interface SendOptions {
  readonly provider: Provider;
  readonly watchdog: Watchdog;
  readonly callerSignal: AbortSignal;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** An error page larger than this says nothing that its beginning does not say. */
const MAX_ERROR_BYTES = 65_536;

/** A 2xx answer with its body unread, or why there is none. */
export async function send(wire: WireRequest, options: SendOptions): Promise<Result<Response, Failure>> {
  const { provider, watchdog, fetch, clock } = options;
  const { url, headers, body } = wire;
  let response: Response;
  let errorText = "";
  try {
    response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal: watchdog.signal });
    if (!response.ok) errorText = await readTextUpTo(response, MAX_ERROR_BYTES);
  } catch {
    return fail(connectionFailure(options, "unreachable"));
  }
  if (response.ok) return ok(response);
  return fail(provider.fromError(response.status, response.headers, errorText, clock.now()));
}

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
  if (expired !== null) return { kind: "timed_out", detail: `${expired} ran out` };
  return { kind: lost, detail: lost === "unreachable" ? "no connection, or lost before an answer" : "connection lost" };
}
