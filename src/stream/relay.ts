/**
 * A committed stream that JavaScript looks at event by event: where the
 * dialects differ, or where the kind says `"stream": "checked"`. Malformed
 * events have been dropped by then; an error event is not passed on but ended
 * in, in the caller's dialect.
 */
import type { Failure } from "../domain/failure.ts";
import type { Clock } from "../lib/clock.ts";
import type { Watchdog } from "../lib/watchdog.ts";
import type { ChatChunk } from "../openai/chat-chunk.ts";
import { errorEvent } from "../openai/error-body.ts";
import type { AnswerReader, ReadState } from "./answer-reader.ts";
import { createIdleClock, type IdleClock } from "./idle-clock.ts";
import type { RunningStream } from "./pump.ts";
import { internalError, isTooLarge, type StreamLimits, whatBroke } from "./what-broke.ts";

export interface RelayedStream {
  /** Read up to the first words; its chunks so far have not been sent. */
  readonly reader: AnswerReader;
  readonly watchdog: Watchdog;
  readonly callerSignal: AbortSignal;
  readonly limits: StreamLimits;
  /** Did the caller ask for the usage chunk? Without that it does not get one. */
  readonly includeUsage: boolean;
  readonly clock: Clock;
}

export function relay(stream: RelayedStream): RunningStream {
  const { readable, writable } = new IdentityTransformStream();
  return { body: readable, ended: run(stream, writable.getWriter()) };
}

const DONE = new TextEncoder().encode("data: [DONE]\n\n");
const CALLER_GONE: Failure = { kind: "caller_gone", detail: "the caller hung up" };
const BROKE_OFF = "The provider's answer broke off. What came before this error is not the whole answer.";

async function run(stream: RelayedStream, writer: WritableStreamDefaultWriter<Uint8Array>): Promise<Failure | null> {
  const { reader, watchdog, callerSignal, limits, clock } = stream;
  const idle = createIdleClock(clock, limits.idleMs, () => watchdog.expire("idleMs"));
  watchdog.arm({ limitMs: limits.maxStreamMs, name: "maxStreamMs" });
  // A caller that has stopped reading holds up nobody but itself, and not for ever.
  const abandon = (): void => void writer.abort().catch(() => undefined);
  let giveUp = clock.after(limits.maxStreamMs + limits.drainMs, abandon);
  try {
    if (!(await forward(stream, writer, idle)) || callerSignal.aborted) return CALLER_GONE;
    // The provider is done: from here on only the caller can hold this up.
    giveUp();
    giveUp = clock.after(limits.drainMs, abandon);
    const failure = whatBroke(reader, watchdog);
    const last = failure === null ? DONE : errorEvent(failure.kind, BROKE_OFF);
    return (await taken(writer.write(last))) && (await taken(writer.close())) ? failure : CALLER_GONE;
  } catch (cause) {
    return internalError(cause);
  } finally {
    giveUp();
    idle.stop();
    watchdog.abort();
    reader.cancel();
    // Closed already, or nobody is there to see it abort.
    void writer.abort().catch(() => undefined);
  }
}

/** Passes on what comes until the provider is done, broke off, or sent too much. False: nobody reads any more. */
async function forward(
  stream: RelayedStream,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  idle: IdleClock,
): Promise<boolean> {
  const { reader, watchdog, limits } = stream;
  const encoder = new TextEncoder();
  let state: ReadState = "open";
  for (;;) {
    const events = reader
      .takeChunks()
      .map((chunk) => eventOf(chunk, stream.includeUsage))
      .join("");
    if (events !== "") {
      // The time that a slow caller takes is not the provider's silence.
      idle.pause();
      if (!(await taken(writer.write(encoder.encode(events))))) return false;
    }
    if (state !== "open" || reader.finished() || reader.inBandFailure) return true;
    if (isTooLarge(reader, limits)) watchdog.expire("maxStreamBytes");
    idle.listen(reader.lastContentAtMs);
    state = await reader.read();
  }
}

/** Writing fails only when nobody reads any more. */
function taken(written: Promise<void>): Promise<boolean> {
  return written.then(
    () => true,
    () => false,
  );
}

function eventOf(chunk: ChatChunk, includeUsage: boolean): string {
  if (chunk.choices.length === 0 && !includeUsage) return "";
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
