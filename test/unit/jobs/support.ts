import { createSseParser, type SseEvent } from "../../../src/lib/sse.ts";

export interface IdEvent extends SseEvent {
  readonly id: string;
}

/** Every event of a stream with its id, in order. */
export function eventsIn(text: string): readonly IdEvent[] {
  return text
    .split("\n\n")
    .filter((block) => block.includes("data:"))
    .map((block) => {
      const id = /^id: (.*)$/m.exec(block)?.[1] ?? "";
      const [event] = createSseParser().take(new TextEncoder().encode(`${block}\n\n`));
      return { event: event?.event ?? "", data: event?.data ?? "", id };
    });
}

/** A stream's bytes as text, as far as they have come. */
export function reading(body: ReadableStream<Uint8Array>) {
  const decoder = new TextDecoder();
  const read = { text: "", isOver: false };
  const reader = body.getReader();
  const over = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      read.text += decoder.decode(value, { stream: true });
    }
    read.isOver = true;
  })();
  return { read, over, cancel: () => reader.cancel() };
}
