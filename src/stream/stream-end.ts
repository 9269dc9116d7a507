import type { CallUsage } from "../domain/call-usage.ts";
import type { Failure } from "../domain/failure.ts";
import type { Usage } from "../openai/chat-completion.ts";
import type { AnswerReader } from "./answer-reader.ts";

/** How a committed stream ended, for the log, the job and the ledger. */
export interface StreamEnd {
  /** What the caller met; null: it has the whole answer, though more than one route may have given it. */
  readonly failure: Failure | null;
  /** Of all routes together. */
  readonly usage: CallUsage;
  /** What was said, where it is text, whole, and by one route alone. */
  readonly whole?: WholeText;
}

export interface WholeText {
  readonly text: string;
  /** As the provider named it. */
  readonly model: string;
  readonly usage: Usage | null;
}

/** Of a route whose stream has met no failure; empty: it is none that could be given again. */
export function wholeIn({ fold }: AnswerReader): Pick<StreamEnd, "whole"> {
  const { text, head, usage, canBeContinued, finishReason } = fold;
  return head !== null && canBeContinued && finishReason === "stop"
    ? { whole: { text, model: head.model, usage } }
    : {};
}

export const CALLER_GONE: Failure = { kind: "caller_gone", detail: "the caller hung up" };
