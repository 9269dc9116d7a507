/** Answers that a drill makes bad: cut, stalled, without a word, or no answer of any provider at all. */
import type { ApiId } from "../domain/route.ts";

/** Never resolves; rejects once `signal` aborts. */
export function untilAborted(signal: AbortSignal | null): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(new Error("aborted"));
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

interface Short {
  /** Bytes of a stream that still come. */
  readonly amount: number;
  readonly ending: "cut" | "stall";
  readonly signal: AbortSignal | null;
}

/** What is not streamed ends in its first half: it is shorter than a stream, often than any `amount`. */
const OF_A_WHOLE_BODY = 20;

/**
 * The true answer, which ends, or falls silent, behind its first bytes. An error of the provider's stays whole. A
 * stream that is cut ends without its terminal event and without an error: made here, unlike one from the network, an
 * error would take with it what nobody has read yet.
 */
export function shortened(response: Response, { amount, ending, signal }: Short): Response {
  if (!response.ok || response.body === null) return response;
  const isStream = /event-?stream/.test(response.headers.get("content-type") ?? "");
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  let left = isStream ? amount : OF_A_WHOLE_BODY;
  const body = new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const { done, value } = left === 0 ? await over() : await reader.read();
      if (done) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      const given = value.slice(0, left);
      left -= given.length;
      controller.enqueue(given);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, { status: response.status, headers: response.headers });

  async function over(): Promise<{ readonly done: true; readonly value?: undefined }> {
    // The provider is not paid to go on.
    await reader.cancel();
    if (ending === "stall") await untilAborted(signal);
    if (!isStream) throw new Error("Network connection lost.");
    return { done: true };
  }
}

/** A 200 that no provider sends, as a captive portal or a proxy does. */
export function garbage(): Response {
  return new Response("<html><body>Welcome</body></html>", { headers: { "content-type": "text/html" } });
}

/** In the provider's own words, whole, and without one of the model's. */
export function emptyAnswer(api: ApiId, stream: boolean): Response {
  const { json, events, framed = "text/event-stream" } = EMPTY[api];
  if (!stream) return Response.json(json);
  return new Response(events.map((event) => `${event}\n\n`).join(""), { headers: { "content-type": framed } });
}

const CHOICE = { index: 0, finish_reason: "stop" };
const CHUNK = { id: "drill", object: "chat.completion.chunk", created: 0, model: "drill" };
const CANDIDATES = { candidates: [{ content: { role: "model", parts: [] }, finishReason: "STOP", index: 0 }] };
const MESSAGE = {
  id: "msg_drill",
  type: "message",
  role: "assistant",
  model: "drill",
  content: [],
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 0 },
};

interface Empty {
  readonly json: unknown;
  readonly events: readonly string[];
  readonly framed?: string;
}

const EMPTY: Readonly<Record<ApiId, Empty>> = {
  openai: {
    json: {
      ...CHUNK,
      object: "chat.completion",
      choices: [{ ...CHOICE, message: { role: "assistant", content: "", refusal: null } }],
    },
    events: [
      `data: ${JSON.stringify({ ...CHUNK, choices: [{ ...CHOICE, delta: { role: "assistant", content: "" } }] })}`,
      "data: [DONE]",
    ],
  },
  anthropic: {
    json: { ...MESSAGE, stop_reason: "end_turn" },
    events: [
      { type: "message_start", message: { ...MESSAGE, stop_reason: null } },
      { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 0 } },
      { type: "message_stop" },
    ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}`),
  },
  gemini: { json: CANDIDATES, events: [`data: ${JSON.stringify(CANDIDATES)}`] },
  bedrock: {
    json: {
      output: { message: { role: "assistant", content: [] } },
      stopReason: "end_turn",
      usage: { inputTokens: 1, outputTokens: 0, totalTokens: 1 },
    },
    // Its frames are binary: a stream that ends before its first frame says no more than an empty one.
    events: [],
    framed: "application/vnd.amazon.eventstream",
  },
};
