import type { Delta, ToolCallDelta } from "../../openai/chat-chunk.ts";
import type { ContentBlock } from "./schema.ts";

/** Which content block of a stream is which tool call: Anthropic counts all blocks, OpenAI only the calls. */
export class ToolBlocks {
  readonly #calls = new Map<number, { readonly index: number; readonly input: unknown; hasArguments: boolean }>();
  readonly #answerId: string;

  constructor(answerId: string) {
    this.#answerId = answerId;
  }

  begin(blockIndex: number, { id, name, input }: ContentBlock): Delta {
    const index = this.#calls.size;
    this.#calls.set(blockIndex, { index, input, hasArguments: false });
    return callDelta({
      index,
      id: id ?? `${this.#answerId.replace("chatcmpl-", "call_")}_${index}`,
      type: "function",
      function: { name: name ?? "", arguments: "" },
    });
  }

  add(blockIndex: number, json: string): Delta | null {
    const call = this.#calls.get(blockIndex);
    if (call === undefined || json === "") return null;
    call.hasArguments = true;
    return callDelta({ index: call.index, function: { arguments: json } });
  }

  /** A tool without parameters gets no arguments at all, where OpenAI's clients parse `{}`. */
  end(blockIndex: number): Delta | null {
    const call = this.#calls.get(blockIndex);
    if (call === undefined || call.hasArguments) return null;
    return callDelta({ index: call.index, function: { arguments: JSON.stringify(call.input ?? {}) } });
  }
}

function callDelta(call: ToolCallDelta): Delta {
  return { tool_calls: [call] };
}
