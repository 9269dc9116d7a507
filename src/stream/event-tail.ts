/**
 * Remembers the raw bytes behind the last blank line of an event stream: what
 * has to be completed when the stream breaks in the middle of an event.
 */
export class EventTail {
  #bytes: Uint8Array = new Uint8Array();

  take(chunk: Uint8Array): void {
    const joined = this.#bytes.byteLength === 0 ? chunk : concat(this.#bytes, chunk);
    const begin = skipLineEnds(joined, afterLastBlankLine(joined));
    // A copy: the chunk's memory is lent to the next read.
    this.#bytes = begin === joined.byteLength ? EMPTY : joined.slice(begin);
  }

  bytes(): Uint8Array {
    return this.#bytes;
  }
}

const EMPTY = new Uint8Array();
const LF = 10;
const CR = 13;

/** The index behind the last blank line (LF LF, CR LF CR LF or CR CR); 0 where there is none. */
function afterLastBlankLine(bytes: Uint8Array): number {
  for (let at = bytes.byteLength - 1; at > 0; at--) {
    const byte = bytes[at];
    if (byte !== LF && byte !== CR) continue;
    if (bytes[at - 1] === byte) return at + 1;
    if (byte === LF && bytes[at - 1] === CR && bytes[at - 2] === LF) return at + 1;
  }
  return 0;
}

/** Further blank lines between two events begin nothing. */
function skipLineEnds(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === LF || bytes[at] === CR) at++;
  return at;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.byteLength + second.byteLength);
  joined.set(first);
  joined.set(second, first.byteLength);
  return joined;
}
