/**
 * A call with an `Idempotency-Key` is one call however often it is sent, so a
 * lost connection is no reason to give up: it is asked again, a bounded number
 * of times, each a little later.
 */
import { type Clock, wait } from "../../../src/lib/clock.ts";
import type { AskRouter } from "./ask-router.ts";
import { LisbonError } from "./lisbon-error.ts";
import type { RouterCall } from "./router-call.ts";

export interface Patience {
  readonly clock: Clock;
  /** So often a call is asked again after its connection was lost. */
  readonly mostResumes: number;
}

/** What is left of a call's tries; the connection that was lost may be its first or any later one. */
export interface Tries {
  /** Waits until the next may go. Rejects where there is none left, or where the caller has aborted. */
  next(cause: unknown, atLeastMs?: number): Promise<void>;
}

const FIRST_WAIT_MS = 250;
/** Of what a `Retry-After` may ask for while a reader waits in the middle of an answer. */
const LONGEST_WAIT_MS = 10_000;

export function triesOf(signal: AbortSignal, { clock, mostResumes }: Patience): Tries {
  let used = 0;
  return {
    async next(cause, atLeastMs = 0) {
      signal.throwIfAborted();
      if (cause instanceof LisbonError && cause.status === null) throw cause;
      if (used >= mostResumes) throw cause instanceof LisbonError ? cause : connectionLost(cause);
      // The first one goes at once: most lost connections are a moment's matter.
      const waitMs = used === 0 ? 0 : FIRST_WAIT_MS * 2 ** used;
      used += 1;
      await wait(clock, Math.min(LONGEST_WAIT_MS, Math.max(waitMs, atLeastMs)), signal);
      signal.throwIfAborted();
    },
  };
}

/** The first answer to a call that may be sent again, with its body whole where that is no stream. */
export async function askUntilAnswered(call: RouterCall, tries: Tries, ask: AskRouter): Promise<Response> {
  for (;;) {
    try {
      const response = await ask(call);
      return response.ok && !isEventStream(response) ? await whole(response) : response;
    } catch (cause) {
      await tries.next(cause);
    }
  }
}

export function isEventStream({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") === true;
}

/** Read here, where a body that breaks off can still be asked for again. */
async function whole(response: Response): Promise<Response> {
  const { status, statusText } = response;
  const body = await response.arrayBuffer();
  return new Response(status === 204 ? null : body, { status, statusText, headers: decodedHeaders(response) });
}

/** `fetch` has undone the encoding, and the length was that of the encoded body. */
export function decodedHeaders(response: Response): Headers {
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  return headers;
}

function connectionLost(cause: unknown): LisbonError {
  return new LisbonError({
    code: "connection_lost",
    message: "The connection to the router was lost, and could not be brought back.",
    cause,
  });
}
