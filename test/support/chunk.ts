/** One chunk of a stream, as OpenAI sends it. */
export function chunkOf(delta: Record<string, unknown>, finish_reason: string | null = null) {
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: "sonnet",
    choices: [{ index: 0, delta, finish_reason }],
  };
}
