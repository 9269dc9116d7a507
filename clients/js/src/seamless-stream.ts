/**
 * The body of a stream whose call has an `Idempotency-Key`: where the
 * connection is lost, the same call is sent again with the id of the last event
 * that the reader was given, and the rest follows it. Only whole events are
 * given, and of events without an id only what an id after them covers: so
 * nothing comes twice, and nothing is left out. docs/jobs.md
 */
import type { Clock } from "../../../src/lib/clock.ts";
import { inTime } from "../../../src/lib/in-time.ts";
import type { AskRouter } from "./ask-router.ts";
import { decodedHeaders, isEventStream, type Tries } from "./ask-again.ts";
import { createEventCutter, type WholeEvent } from "./event-cutter.ts";
import { errorOf } from "./lisbon-error.ts";
import { type RouterCall, withHeaders } from "./router-call.ts";

interface Resuming {
  readonly call: RouterCall;
  readonly tries: Tries;
  readonly ask: AskRouter;
  readonly clock: Clock;
}

/**
 * A phone that changes its network hears no more, and of no loss either. The router gives an answer up that stalls for
 * 15 s, and another route some 30 s to go on with it: after this it is the line.
 */
const SILENCE_MS = 60_000;

/** Only what a job serves has ids to go on from. */
export function isResumable(response: Response): boolean {
  return response.status === 200 && isEventStream(response) && response.headers.has("x-lisbon-job");
}

export function seamless(first: Response, resuming: Resuming): Response {
  const { status, statusText } = first;
  const body = first.body && seamlessBody(first.body, resuming);
  return new Response(body, { status, statusText, headers: decodedHeaders(first) });
}

function seamlessBody(
  first: ReadableStream<Uint8Array>,
  { call, tries, ask, clock }: Resuming,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  const signal = AbortSignal.any([call.signal, gone.signal]);
  let reader = first.getReader();
  let cut = createEventCutter();
  /** Events without an id, which the next one with an id covers. */
  let held = "";
  let lastId: string | null = null;
  let isOver = false;

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const read = await readFrom(reader, clock);
        if (read.kind === "bytes") {
          const text = released(cut(read.bytes));
          if (text === "") continue;
          controller.enqueue(encoder.encode(text));
          return;
        }
        if (isOver) {
          controller.close();
          return;
        }
        // A body that ends without its terminal event was cut as well, only more politely.
        void reader.cancel().catch(() => undefined);
        reader = await resumed(read.cause);
      }
    },
    async cancel(reason) {
      gone.abort(reason);
      // It may be the one that was lost.
      await reader.cancel(reason).catch(() => undefined);
    },
  });

  function released(events: readonly WholeEvent[]): string {
    let text = "";
    for (const event of events) {
      held += event.text;
      isOver ||= isLast(event);
      if (event.id === null && !isOver) continue;
      lastId = event.id ?? lastId;
      text += held;
      held = "";
    }
    return text;
  }

  async function resumed(lostBy: unknown): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    let cause = lostBy;
    let retryAfterMs = 0;
    held = "";
    cut = createEventCutter();
    for (;;) {
      await tries.next(cause, retryAfterMs);
      signal.throwIfAborted();
      const again = lastId === null ? call : withHeaders(call, { "last-event-id": lastId });
      const answer = await ask({ ...again, signal }).then(
        (response) => ({ response }),
        (lost: unknown) => ({ lost }),
      );
      if ("lost" in answer) {
        cause = answer.lost;
        continue;
      }
      const { response } = answer;
      if (response.status === 200 && response.body !== null) return response.body.getReader();
      const refused = await errorOf(response);
      // Parked meanwhile: what comes of it is another text than the one that was begun.
      if (response.status < 500 || refused.code === "queued") throw refused;
      cause = refused;
      retryAfterMs = refused.retryAfterMs ?? 0;
    }
  }
}

type Read =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** `cause`: null where the body ended. */
  | { readonly kind: "ended"; readonly cause: unknown };

async function readFrom(reader: ReadableStreamDefaultReader<Uint8Array>, clock: Clock): Promise<Read> {
  try {
    const { done, value } = await inTime(clock, SILENCE_MS, reader.read());
    return done ? { kind: "ended", cause: null } : { kind: "bytes", bytes: value };
  } catch (cause) {
    return { kind: "ended", cause };
  }
}

/** The terminal event of either dialect, or the error that an answer ends in. */
function isLast({ name, data }: WholeEvent): boolean {
  if (data === null) return false;
  return data === "[DONE]" || data.startsWith('{"error"') || name === "message_stop" || name === "error";
}
