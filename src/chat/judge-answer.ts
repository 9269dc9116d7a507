/** Looks at an answer with its kind's checks: whole answers before anybody has a word of them, streams at their end. */
import type { PlannedCall } from "../domain/call.ts";
import type { Failure } from "../domain/failure.ts";
import type { Flaw } from "../domain/quality.ts";
import type { ChatCompletion, CompletionChoice } from "../openai/chat-completion.ts";
import { findFlaw, type Said } from "../quality/find-flaw.ts";
import type { AnswerSource } from "../stream/answer-source.ts";
import type { AttemptContext, Flawed } from "./attempt-context.ts";

/** Null: nothing was found, or nobody asked for it. */
export function judgeCompletion(
  { choices }: ChatCompletion,
  { kind, request }: Pick<PlannedCall, "kind" | "request">,
): Flawed | null {
  if (kind.quality === null) return null;
  for (const choice of choices) {
    const flaw = findFlaw(saidIn(choice), request, kind.quality.checks);
    if (flaw !== null) return { flaw, text: choices[0]?.message.content ?? "" };
  }
  return null;
}

/** A stream whose words have left: a flaw that is found at its end counts against the route, and takes nothing back. */
export function foundAtEnd(source: AnswerSource, { call, foundLate }: AttemptContext): AnswerSource {
  const { kind, request } = call;
  return {
    ...source,
    settle(failure) {
      const { fold } = source.reader;
      const flaw =
        failure === null && kind.quality !== null
          ? findFlaw({ ...textOf(fold), finishReason: fold.finishReason }, request, kind.quality.checks)
          : null;
      if (flaw !== null) foundLate?.(flaw);
      source.settle(flaw === null ? failure : lowQuality(flaw));
    },
  };
}

/** Nothing of the answer: a failure's detail goes into the log. */
export function lowQuality({ check }: Flaw): Failure {
  return { kind: "low_quality", detail: check, check };
}

function textOf({ text, hasMore, refused }: AnswerSource["reader"]["fold"]): Omit<Said, "finishReason"> {
  return { text, hasMore, refused };
}

/** What its fields may hold beside text is not text. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(["role", "content", "refusal", "reasoning_content", "annotations"]);

function saidIn({ message, finish_reason: finishReason }: CompletionChoice): Said {
  const content: unknown = message.content;
  const hasMore =
    (content !== null && content !== undefined && typeof content !== "string") ||
    Object.entries(message).some(([name, value]) => !TEXT_FIELDS.has(name) && isSomething(value));
  const text = typeof content === "string" ? content : "";
  return { text, hasMore, refused: Boolean(message.refusal), finishReason };
}

function isSomething(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined;
}
