/**
 * A committed stream in the caller's own dialect: the platform pumps the
 * bytes, and an observer looks at its own branch a few times a second. What
 * was measured, and why each step is as it is: DESIGN, "Streams".
 */
import type { Failure } from "../domain/failure.ts";
import { wait, type Clock } from "../lib/clock.ts";
import type { Watchdog } from "../lib/watchdog.ts";
import { errorEvent } from "../openai/error-body.ts";
import type { AnswerReader, ReadState } from "./answer-reader.ts";
import { completeOpenAiEvent } from "./complete-event.ts";
import { connectionLost, internalError, isTooLarge, type StreamLimits, whatBroke } from "./what-broke.ts";

/** How often the observer looks. */
const OBSERVE_MS = 250;
/** How long a hang-up may take to show as the caller's, after the pipe has failed. */
const HANG_UP_MS = 1_000;

export interface PumpedStream {
  /** The branch that goes to the caller; it still holds every byte. */
  readonly client: ReadableStream<Uint8Array>;
  /** The observer's branch, read up to the first words. */
  readonly reader: AnswerReader;
  readonly watchdog: Watchdog;
  readonly callerSignal: AbortSignal;
  readonly limits: StreamLimits;
  readonly clock: Clock;
}

export interface RunningStream {
  /** The body of the reply. */
  readonly body: ReadableStream<Uint8Array>;
  /** Null: the answer was whole. Resolves when the stream is over; never rejects. */
  readonly ended: Promise<Failure | null>;
}

export function pump(stream: PumpedStream): RunningStream {
  // Never the branch itself: the caller's hang-up would not be seen, and a slow caller would stop the observer.
  const { readable, writable } = new IdentityTransformStream();
  const ended = supervise(stream, writable).catch(async (cause: unknown): Promise<Failure> => {
    stream.watchdog.abort();
    await quietly(writable.abort(connectionLost()));
    return internalError(cause);
  });
  return { body: readable, ended };
}

async function supervise(stream: PumpedStream, writable: WritableStream<Uint8Array>): Promise<Failure | null> {
  const { client, reader, watchdog, callerSignal, clock } = stream;
  const pipeOver = new AbortController();
  const stopPipe = new AbortController();
  let pipeBroke = false;
  const piping = client
    .pipeTo(writable, { preventAbort: true, preventClose: true, signal: stopPipe.signal })
    .catch(() => {
      pipeBroke = true;
    })
    .finally(() => pipeOver.abort());

  const observing = observe(stream, pipeOver.signal);
  // Once the provider is done, a slow caller has `drainMs` to take the rest.
  const draining = observing.then(() => {
    const stop = clock.after(stream.limits.drainMs, () => stopPipe.abort());
    return piping.finally(stop);
  });
  // Where observing throws, the `await observing` below says so.
  draining.catch(() => undefined);
  await piping;

  // A hang-up and an upstream cut reject with the same words, so the caller's signal is asked first.
  const state = callerSignal.aborted ? "broken" : await observing;
  const hungUp = pipeBroke && state === "open" && watchdog.expired() === null;
  if (callerSignal.aborted || hungUp) {
    watchdog.abort();
    reader.cancel();
    await draining;
    return { kind: "caller_gone", detail: "the caller hung up" };
  }
  await draining;
  if (stopPipe.signal.aborted) {
    await quietly(writable.abort(new Error("the caller did not take the answer in time")));
    return { kind: "caller_gone", detail: "the caller did not take the answer in time" };
  }

  const failure = whatBroke(reader, watchdog);
  if (failure === null) {
    await quietly(closeWhole(stream, writable));
    return null;
  }
  await endInError(stream, writable, failure);
  return failure;
}

/** Where the provider left out the blank line behind its last event, the caller gets one. */
async function closeWhole({ reader }: PumpedStream, writable: WritableStream<Uint8Array>): Promise<void> {
  const writer = writable.getWriter();
  if (reader.halfEvent().byteLength > 0) await writer.write(new TextEncoder().encode("\n\n"));
  await writer.close();
}

/** Looks until the stream is over, or until the pipe is and nothing more comes. */
async function observe(stream: PumpedStream, pipeOver: AbortSignal): Promise<ReadState> {
  const { reader, watchdog, clock, limits } = stream;
  const committedAtMs = clock.now();
  const ranOut = (): string | null => whichLimit(reader, limits, committedAtMs, clock.now());
  for (;;) {
    const state = await reader.drain(() => ranOut() !== null);
    if (state !== "open") return state;
    if (pipeOver.aborted) return await lastWords(stream);
    const what = ranOut();
    if (what !== null) {
      // The fetch, never the pipe: the caller's branch still delivers what it holds, and then ends.
      watchdog.expire(what);
      return await lastWords(stream);
    }
    await wait(clock, OBSERVE_MS, pipeOver);
  }
}

/** The fetch or the pipe is over and this branch is not yet: either its end is on the way, or the caller hung up. */
async function lastWords({ reader, callerSignal, clock }: PumpedStream): Promise<ReadState> {
  const giveUp = new AbortController();
  const hungUp = wait(clock, HANG_UP_MS, AbortSignal.any([callerSignal, giveUp.signal])).then(() => null);
  for (;;) {
    const state = await Promise.race([reader.read(), hungUp]);
    if (state === "open") continue;
    giveUp.abort();
    return state ?? "open";
  }
}

function whichLimit(reader: AnswerReader, limits: StreamLimits, committedAtMs: number, now: number): string | null {
  if (now - reader.lastContentAtMs > limits.idleMs) return "idleMs";
  if (now - committedAtMs > limits.maxStreamMs) return "maxStreamMs";
  if (isTooLarge(reader, limits)) return "maxStreamBytes";
  // The provider has said its last word and keeps the connection open: the caller need not wait with it.
  if (reader.finished() || reader.inBandFailure) return "finished";
  return null;
}

/** Never a clean close: a half-sent event is completed and an error event follows, or the body is aborted. */
async function endInError(stream: PumpedStream, writable: WritableStream<Uint8Array>, failure: Failure): Promise<void> {
  if (stream.reader.inBandFailure) {
    // The provider's own error event has reached the caller, who has a typed error. Nothing is added to it.
    await quietly(closeWhole(stream, writable));
    return;
  }
  const suffix = completeOpenAiEvent(stream.reader.halfEvent());
  if (suffix === null) {
    await quietly(writable.abort(connectionLost()));
    return;
  }
  const writer = writable.getWriter();
  const told = (async () => {
    if (suffix.byteLength > 0) await writer.write(suffix);
    await writer.write(errorEvent(failure.kind, BROKE_OFF));
    await writer.close();
  })();
  const late = new AbortController();
  const inTime = await Promise.race([
    quietly(told),
    wait(stream.clock, stream.limits.drainMs, late.signal).then(() => false),
  ]);
  late.abort();
  if (inTime === false) await quietly(writer.abort(connectionLost()));
}

const BROKE_OFF = "The provider's answer broke off. What came before this error is not the whole answer.";

/** The caller may be gone already; then there is nobody to tell. */
async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    // See above.
  }
}
