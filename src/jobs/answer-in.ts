import { messageOf } from "../anthropic-api/message-of.ts";
import type { DialectId } from "../domain/dialect.ts";

/** A stored answer (OpenAI's chat completion, as JSON text) in its caller's dialect. */
export function answerIn(dialect: DialectId | undefined, answer: string): string {
  return dialect === "anthropic" ? JSON.stringify(messageOf(JSON.parse(answer))) : answer;
}
