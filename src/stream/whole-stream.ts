import type { Failure } from "../domain/failure.ts";
import type { Clock } from "../lib/clock.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { ChatCompletion } from "../openai/chat-completion.ts";
import { CompletionFold } from "../openai/fold-completion.ts";
import type { Pen } from "../openai/pen.ts";
import type { AnswerSource } from "./answer-source.ts";
import { forward } from "./forward.ts";
import type { RunningStream } from "./pump.ts";
import { CALLER_GONE, wholeIn } from "./stream-end.ts";
import { whatBroke } from "./what-broke.ts";

export interface WholeStream {
  readonly source: AnswerSource;
  readonly pen: Pen;
  readonly callerSignal: AbortSignal;
  /** What this route may take until its answer is whole. */
  readonly limitMs: number;
  /** Asked of the whole answer: is it good enough? False: it is returned, but nobody is told that it was a success. */
  readonly judge?: (answer: ChatCompletion) => boolean;
  readonly clock: Clock;
}

/** `"commit": "whole"`: read to its end before the caller sees a byte of it, so that whatever breaks fails over unseen. */
export async function wholeStream(stream: WholeStream): Promise<Result<RunningStream, Failure>> {
  const { source, pen, callerSignal, limitMs, clock } = stream;
  const { reader, watchdog, limits } = source;
  const maxStreamMs = Math.min(limits.maxStreamMs, limitMs);
  const fold = stream.judge === undefined ? null : new CompletionFold();
  let events = "";
  await forward({ ...source, limits: { ...limits, maxStreamMs } }, clock, (chunks) => {
    events += chunks.map(pen.write).join("");
    if (fold !== null) for (const chunk of chunks) fold.take(chunk);
    return Promise.resolve(true);
  });
  if (callerSignal.aborted) return fail(CALLER_GONE);
  const failure = whatBroke(reader, watchdog);
  if (failure !== null)
    return fail(failure.kind === "stream_too_long" && maxStreamMs === limitMs ? NOT_IN_TIME : failure);
  const answer = fold?.completion() ?? null;
  if (answer === null || stream.judge?.(answer) !== false) source.settle(null);
  const body = new Response(events + pen.end()).body;
  if (body === null) throw new Error("a response of text has no body");
  const usage = reader.fold.callUsage(source.promptBytes);
  return ok({ body, ended: Promise.resolve({ failure: null, usage, ...wholeIn(reader) }) });
}

const NOT_IN_TIME: Failure = { kind: "timed_out", detail: "the answer was not whole in time" };
