/**
 * A committed stream in the caller's own dialect: the platform pumps the
 * bytes, and an observer looks at its own branch a few times a second. What
 * was measured, and why each step is as it is: DESIGN, "Streams".
 */
import type { Failure } from "../domain/failure.ts";
import { wait, type Clock } from "../lib/clock.ts";
import type { PenOptions } from "../openai/pen.ts";
import type { AnswerReader, ReadState } from "./answer-reader.ts";
import type { AnswerSource, GoOn } from "./answer-source.ts";
import { callerWriter, type CallerWriter } from "./caller-writer.ts";
import type { StreamDialect } from "./dialects.ts";
import { finishAnswer, givenBy, saidAll } from "./finish-answer.ts";
import { CALLER_GONE, wholeIn, type StreamEnd } from "./stream-end.ts";
import { connectionLost, internalError, isTooLarge, type StreamLimits, whatBroke } from "./what-broke.ts";

/** How often the observer looks. */
const OBSERVE_MS = 250;
/** How long a hang-up may take to show as the caller's, after the pipe has failed. */
const HANG_UP_MS = 1_000;

export interface PumpedStream {
  /** The branch that goes to the caller; it still holds every byte. */
  readonly client: ReadableStream<Uint8Array>;
  /** The observer's branch. */
  readonly source: AnswerSource;
  readonly callerSignal: AbortSignal;
  readonly dialect: StreamDialect;
  readonly pen: PenOptions;
  /** Null: an answer that breaks off is not continued. */
  readonly goOn: GoOn | null;
  readonly clock: Clock;
}

export interface RunningStream {
  /** The body of the reply. */
  readonly body: ReadableStream<Uint8Array>;
  /** Resolves when the stream is over; never rejects. */
  readonly ended: Promise<StreamEnd>;
}

export function pump(stream: PumpedStream): RunningStream {
  // Never the branch itself: the caller's hang-up would not be seen, and a slow caller would stop the observer.
  const { readable, writable } = new IdentityTransformStream();
  const { source } = stream;
  const ended = supervise(stream, writable).catch(async (cause: unknown): Promise<StreamEnd> => {
    source.watchdog.abort();
    await quietly(writable.abort(connectionLost()));
    const failure = internalError(cause);
    source.settle(failure);
    return { failure, usage: givenBy(source).usage };
  });
  return { body: readable, ended };
}

async function supervise(stream: PumpedStream, writable: WritableStream<Uint8Array>): Promise<StreamEnd> {
  const { client, source, callerSignal, clock } = stream;
  const { reader, watchdog, limits, settle } = source;
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
    const stop = clock.after(limits.drainMs, () => stopPipe.abort());
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
    return gone(source, CALLER_GONE);
  }
  await draining;
  if (stopPipe.signal.aborted) {
    const tooSlow: Failure = { kind: "caller_gone", detail: "the caller did not take the answer in time" };
    await quietly(writable.abort(new Error(tooSlow.detail)));
    return gone(source, tooSlow);
  }

  const failure = whatBroke(reader, watchdog);
  settle(failure);
  const caller = callerWriter(writable.getWriter(), clock, limits);
  try {
    return await finishPumped(stream, caller, failure);
  } finally {
    caller.abort();
  }
}

function gone(source: AnswerSource, failure: Failure): StreamEnd {
  source.settle(failure);
  return { failure, usage: givenBy(source).usage };
}

/** Never a clean end of half an answer: a half-sent event is completed and something follows, or the body is aborted. */
async function finishPumped(
  { source, dialect, pen: penOptions, goOn, callerSignal, clock }: PumpedStream,
  caller: CallerWriter,
  failure: Failure | null,
): Promise<StreamEnd> {
  const { reader } = source;
  const half = reader.halfEvent();
  const end = (met: Failure | null): StreamEnd => ({ failure: met, usage: givenBy(source).usage });
  const whole = async (rest: string): Promise<StreamEnd> => end((await caller.finish(rest)) ? null : CALLER_GONE);
  if (failure === null || reader.inBandFailure !== null) {
    // Whole, or the provider's own error event has reached the caller, who has a typed error: nothing is added to it.
    // Where the provider left out the blank line behind its last event, the caller gets one.
    await caller.finish(half.byteLength > 0 ? BLANK_LINE : "");
    return { ...end(failure), ...(failure === null && wholeIn(reader)) };
  }
  const hasEnded = !reader.finished() && saidAll(source, failure);
  const rest = hasEnded ? restOfTerminal(half, dialect.penAfter(reader, penOptions).end()) : null;
  if (rest !== null) return await whole(rest);
  const suffix = dialect.completeEvent(half);
  if (suffix === null) {
    reader.takeCompletion(new TextEncoder().encode(BLANK_LINE));
    if (hasEnded && reader.finished()) return await whole(BLANK_LINE);
    // Nothing valid can be written: the caller's connection breaks, by the hand of whoever called this.
    return end(failure);
  }
  reader.takeCompletion(suffix);
  if (!(await caller.write(suffix))) return end(CALLER_GONE);
  const pen = dialect.penAfter(reader, penOptions);
  // The completion may have been all that an event lacked: of a reason to end, or of the provider's own error.
  if (!reader.finished() && saidAll(source, failure)) return await whole(pen.end());
  if (reader.inBandFailure !== null) {
    await caller.finish("");
    return end(reader.inBandFailure);
  }
  // `[DONE]` without a reason to end has reached the caller: nobody reads what comes after it. And half a thought, or
  // half of a tool's use, would pass for a whole one if its block were closed and text followed.
  const open = reader.place()?.open ?? null;
  const next = reader.finished() || (open !== null && open.type !== "text") ? null : goOn;
  return await finishAnswer({ given: givenBy(source), failure, goOn: next, pen, caller, callerSignal, clock });
}

const BLANK_LINE = "\n\n";

/** Of the terminal event what the provider had not sent of it; null: what it had begun is another event. */
function restOfTerminal(half: Uint8Array, terminal: string): string | null {
  const begun = new TextDecoder()
    .decode(half)
    .replaceAll("\r", "")
    .replaceAll(/^(?:id|retry)?:.*\n/gm, "");
  return terminal.startsWith(begun) ? terminal.slice(begun.length) : null;
}

/** Looks until the stream is over, or until the pipe is and nothing more comes. */
async function observe(stream: PumpedStream, pipeOver: AbortSignal): Promise<ReadState> {
  const { clock } = stream;
  const { reader, watchdog, limits } = stream.source;
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
async function lastWords({ source: { reader }, callerSignal, clock }: PumpedStream): Promise<ReadState> {
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

/** The caller may be gone already; then there is nobody to tell. */
async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    // See above.
  }
}
