/** One call to the router, and whether it is there at all: what it refuses is an answer, what stands before it is none. */
import type { Failure } from "../../../src/domain/failure.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { createWatchdog } from "../../../src/lib/watchdog.ts";
import { type Fetch, type RouterCall, send } from "./router-call.ts";

export type Reached =
  | { readonly there: true; readonly response: Response }
  | {
      readonly there: false;
      readonly failure: Failure;
      /** What the caller is told where nobody else can answer. */
      asItCame(): Promise<Response>;
      /** Nobody reads it: its connection is free again. */
      forget(): void;
    };

interface ReachOptions {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Until its headers. */
  readonly limitMs: number;
}

/** Rejects only where the caller hangs up. */
export async function reachRouter(call: RouterCall, { fetch, clock, limitMs }: ReachOptions): Promise<Reached> {
  const watchdog = createWatchdog(clock, call.signal);
  watchdog.arm({ limitMs, name: "headers" });
  try {
    const response = await send({ ...call, signal: watchdog.signal }, fetch);
    if (!isOfTheEdge(response)) return { there: true, response };
    const failure: Failure = { kind: "server_error", detail: "the edge answered for it", status: response.status };
    return {
      there: false,
      failure,
      asItCame: () => Promise.resolve(response),
      forget: () => void response.body?.cancel().catch(() => undefined),
    };
  } catch (cause) {
    call.signal.throwIfAborted();
    const failure: Failure =
      watchdog.expired() === null
        ? { kind: "unreachable", detail: "no connection to the router" }
        : { kind: "timed_out", detail: "no headers in time" };
    return { there: false, failure, asItCame: () => Promise.reject(cause), forget: () => undefined };
  } finally {
    watchdog.disarm();
  }
}

/**
 * 520 to 527 and 530 are Cloudflare's own for an origin, or a Worker, that it
 * cannot reach; a Worker that threw is a 500 with a page of HTML. Lisbon itself
 * puts its request id on everything.
 * https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
 */
function isOfTheEdge({ status, headers }: Response): boolean {
  if (status < 500 || headers.has("x-lisbon-request-id")) return false;
  if ((status >= 520 && status <= 527) || status === 530) return true;
  return headers.get("content-type")?.startsWith("application/json") !== true;
}
