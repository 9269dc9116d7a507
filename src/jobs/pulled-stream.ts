/**
 * A body whose text is asked for only when its reader wants more, so that a
 * slow follower holds nothing but its own place. A byte stream, for only those
 * may leave a Durable Object.
 */
export function pulledStream(next: (gone: AbortSignal) => Promise<string | null>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const text = await next(gone.signal);
      if (text !== null) return controller.enqueue(encoder.encode(text));
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: () => gone.abort(),
  });
}
