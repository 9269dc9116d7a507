/**
 * A committed stream that JavaScript looks at event by event: where the
 * dialects differ, or where the kind says `"stream": "checked"`. Malformed
 * events have been dropped by then; an error event is not passed on: another
 * route goes on, or the stream ends in an error of the caller's dialect.
 */
import type { Clock } from "../lib/clock.ts";
import type { Pen } from "../openai/pen.ts";
import type { AnswerSource, GoOn } from "./answer-source.ts";
import { callerWriter, type CallerWriter } from "./caller-writer.ts";
import { finishAnswer, givenBy, saidAll } from "./finish-answer.ts";
import { forward } from "./forward.ts";
import type { RunningStream } from "./pump.ts";
import { CALLER_GONE, wholeIn, type StreamEnd } from "./stream-end.ts";
import { internalError, whatBroke } from "./what-broke.ts";

export interface RelayedStream {
  /** Its chunks so far have not been sent. */
  readonly source: AnswerSource;
  readonly callerSignal: AbortSignal;
  readonly pen: Pen;
  /** Null: an answer that breaks off is not continued. */
  readonly goOn: GoOn | null;
  readonly clock: Clock;
}

export function relay(stream: RelayedStream): RunningStream {
  const { readable, writable } = new IdentityTransformStream();
  const { source, clock } = stream;
  const caller = callerWriter(writable.getWriter(), clock, source.limits);
  const ended = run(stream, caller)
    .catch((cause: unknown): StreamEnd => {
      const failure = internalError(cause);
      source.settle(failure);
      return { failure, usage: givenBy(source).usage };
    })
    .finally(() => caller.abort());
  return { body: readable, ended };
}

async function run(stream: RelayedStream, caller: CallerWriter): Promise<StreamEnd> {
  const { source, callerSignal, pen, goOn, clock } = stream;
  const { reader, watchdog, settle } = source;
  const taken = await forward(source, clock, (chunks) => caller.write(chunks.map(pen.write).join("")));
  if (!taken || callerSignal.aborted) {
    settle(CALLER_GONE);
    return { failure: CALLER_GONE, usage: givenBy(source).usage };
  }
  const failure = whatBroke(reader, watchdog);
  settle(failure);
  if (failure === null || saidAll(source, failure)) {
    const { usage } = givenBy(source);
    if (!(await caller.finish(pen.end()))) return { failure: CALLER_GONE, usage };
    return { failure: null, usage, ...(failure === null && wholeIn(reader)) };
  }
  return await finishAnswer({ given: givenBy(source), failure, goOn, pen, caller, callerSignal, clock });
}
