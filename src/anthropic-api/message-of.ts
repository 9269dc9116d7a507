import type { ChatCompletion, CompletionChoice } from "../openai/chat-completion.ts";
import { isFunctionCall } from "../openai/parts.ts";
import { inputOf, messageHead, messageUsage, stopReasonOf, toolUseId } from "./message.ts";

/** A whole answer for a caller who speaks Anthropic's language. It has one choice: nobody there can ask for more. */
export function messageOf(completion: ChatCompletion) {
  const { id, model, choices, usage } = completion;
  const [choice] = choices;
  const content = choice === undefined ? [] : contentOf(choice);
  return {
    ...messageHead(id, model, messageUsage(usage)),
    content,
    stop_reason: stopReasonOf(choice?.finish_reason ?? "stop", {
      refused: Boolean(choice?.message.refusal),
      calledTools: content.some(({ type }) => type === "tool_use"),
    }),
    ...("x_lisbon" in completion && { x_lisbon: completion.x_lisbon }),
  };
}

/** Thoughts that are not Claude's have no signature: it is empty, and `to-native-request.ts` takes them out again. */
function contentOf({ message }: CompletionChoice) {
  const { reasoning_content: thinking, content, refusal, tool_calls: calls = [] } = message;
  const text = (content ?? "") + (refusal ?? "");
  return [
    ...(thinking ? [{ type: "thinking", thinking, signature: "" } as const] : []),
    ...(text === "" ? [] : [{ type: "text", text, citations: null } as const]),
    ...calls.filter(isFunctionCall).map(({ id, function: { name, arguments: args } }) => ({
      type: "tool_use" as const,
      id: toolUseId(id),
      name,
      // As `tool-input.ts` does: the model sees later what it did.
      input: inputOf(args) ?? { rawInvalidInput: args },
      caller: { type: "direct" as const },
    })),
  ];
}
