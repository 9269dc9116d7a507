/** The first `maxBytes` of a body as text; the rest is not read. Rejects where the connection breaks. */
export async function readTextUpTo(body: Response | Request, maxBytes: number): Promise<string> {
  const read = await readUpTo(body, maxBytes);
  return new TextDecoder().decode(read.bytes);
}

/**
 * A body of at most `maxBytes` as text, counted while it is read, whatever its
 * headers say; null: it is larger. Rejects where the connection breaks.
 */
export async function readTextWithin(body: Response | Request, maxBytes: number): Promise<string | null> {
  const stated = Number(body.headers.get("content-length") ?? Number.NaN);
  if (stated > maxBytes) {
    await body.body?.cancel();
    return null;
  }
  // HTTP holds a sender to the length that it stated, so this needs no counting.
  if (stated >= 0) return await body.text();
  const read = await readUpTo(body, maxBytes);
  return read.whole ? new TextDecoder().decode(read.bytes) : null;
}

async function readUpTo(
  body: Response | Request,
  maxBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly whole: boolean }> {
  if (!body.body) return { bytes: new Uint8Array(), whole: true };
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await reader.read();
    if (next.done) return { bytes: joined(parts, size), whole: true };
    parts.push(next.value);
    size += next.value.byteLength;
    if (size > maxBytes) {
      // Nobody waits for a body that is not wanted; a failed cancel changes nothing.
      void reader.cancel().catch(() => undefined);
      return { bytes: joined(parts, size).subarray(0, maxBytes), whole: false };
    }
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
