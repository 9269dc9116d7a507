import type { ChatChunk, Delta } from "./chat-chunk.ts";
import type { ChatCompletion, CompletionChoice } from "./chat-completion.ts";

/**
 * A whole completion for a caller who asked for a stream: for each choice its role, then all that it says, then why it
 * ended. The usage chunk comes only to those who asked for it, as OpenAI's does.
 */
export function completionChunks(completion: ChatCompletion, includeUsage: boolean): readonly ChatChunk[] {
  const { choices, usage, ...head } = completion;
  const chunk = (more: Pick<ChatChunk, "choices" | "usage">): ChatChunk => ({
    ...head,
    object: "chat.completion.chunk",
    ...more,
  });
  const said = choices.flatMap((choice) => {
    const { index, finish_reason, message, ...rest } = choice;
    // OpenAI's first chunk says whether there will be text at all.
    const first: Delta = { role: "assistant", content: message.content === null ? null : "" };
    return [
      chunk({ choices: [{ index, delta: first, finish_reason: null }] }),
      chunk({ choices: [{ ...rest, index, delta: deltaOf(choice), finish_reason: null }] }),
      chunk({ choices: [{ index, delta: {}, finish_reason }] }),
    ];
  });
  return includeUsage && usage ? [...said, chunk({ choices: [], usage })] : said;
}

function deltaOf({ message }: CompletionChoice): Delta {
  const { role: _role, tool_calls, ...rest } = message;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  return {
    ...given,
    ...(tool_calls && { tool_calls: tool_calls.map((call, index) => ({ ...call, index })) }),
  };
}
