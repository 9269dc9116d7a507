/** The request that asks the same model for its JSON again: the conversation, its answer, and what is wrong with it. */
import type { PlannedCall } from "../domain/call.ts";
import type { Flawed } from "./attempt-context.ts";

/** Null: it cannot be asked, for the conversation ends in words that the caller put into the model's mouth. */
export function askToRepair(call: PlannedCall, { flaw, text }: Flawed): PlannedCall | null {
  const { request, native } = call;
  if (request.messages.at(-1)?.role === "assistant") return null;
  const turns = [
    { role: "assistant" as const, content: text.trimEnd() },
    { role: "user" as const, content: words(flaw.why) },
  ];
  return {
    ...call,
    request: { ...request, messages: [...request.messages, ...turns] },
    native: native && { ...native, body: { ...native.body, messages: [...native.body.messages, ...turns] } },
  };
}

function words(why: string): string {
  return `Your answer above is not the JSON that was asked for: ${why}. Reply with the corrected JSON only: the whole of it, without an explanation and without a code fence.`;
}
