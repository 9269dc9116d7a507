import type { Failure } from "../domain/failure.ts";
import type { Clock } from "../lib/clock.ts";
import { openaiPen } from "../openai/pen.ts";
import type { Leg } from "./answer-source.ts";
import { callerWriter } from "./caller-writer.ts";
import { finishAnswer, type GivenAnswer } from "./finish-answer.ts";
import type { RunningStream } from "./pump.ts";
import type { StreamEnd } from "./stream-end.ts";
import { internalError } from "./what-broke.ts";

export interface ResumedStream {
  readonly given: GivenAnswer;
  /** Why what was given is not the whole answer. */
  readonly lost: Failure;
  /** Who goes on. */
  readonly leg: Leg;
  readonly callerSignal: AbortSignal;
  readonly clock: Clock;
}

/** The rest of an answer whose beginning is kept elsewhere, in OpenAI's dialect as jobs keep it. */
export function resumed({ given, lost, leg, callerSignal, clock }: ResumedStream): RunningStream {
  const { readable, writable } = new IdentityTransformStream();
  const caller = callerWriter(writable.getWriter(), clock, leg.limits);
  const pen = openaiPen({ includeUsage: true });
  const goOn = (): Promise<Leg> => Promise.resolve(leg);
  const ended = finishAnswer({ given, failure: lost, goOn, pen, caller, callerSignal, clock })
    .catch((cause: unknown): StreamEnd => ({ failure: internalError(cause), usage: given.usage }))
    .finally(() => caller.abort());
  return { body: readable, ended };
}
