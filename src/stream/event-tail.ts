/**
 * Remembers the raw bytes behind the last blank line of an event stream: what
 * has to be completed when the stream breaks in the middle of an event. Only
 * what is new is searched, and pieces are put together when somebody asks, so
 * that an event of megabytes in many pieces costs no more than its size.
 */
export class EventTail {
  #pieces: Uint8Array[] = [];
  /** The last three bytes before the next piece: a blank line may be cut in two. */
  #before: readonly number[] = [];

  take(piece: Uint8Array): void {
    const begin = afterLastBlankLine(piece, this.#before);
    this.#before = [...this.#before, ...piece.subarray(-LOOK_BACK)].slice(-LOOK_BACK);
    if (begin !== null) this.#pieces = [];
    const rest = begin ?? 0;
    // A copy: the piece's memory is lent to the next read.
    if (rest < piece.byteLength) this.#pieces.push(piece.slice(rest));
  }

  bytes(): Uint8Array {
    const joined = new Uint8Array(this.#pieces.reduce((size, piece) => size + piece.byteLength, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      joined.set(piece, at);
      at += piece.byteLength;
    }
    return joined.subarray(lineEndsAt(joined));
  }
}

const LF = 10;
const CR = 13;
/** CR LF CR LF is the longest blank line. */
const LOOK_BACK = 3;

/** The index behind the last blank line (LF LF, CR LF CR LF or CR CR) that ends in these bytes; null: none does. */
function afterLastBlankLine(bytes: Uint8Array, before: readonly number[]): number | null {
  const byteAt = (at: number): number | undefined => (at < 0 ? before.at(at) : bytes[at]);
  for (let at = bytes.byteLength - 1; at >= 0; at--) {
    const byte = bytes[at];
    if (byte !== LF && byte !== CR) continue;
    const previous = byteAt(at - 1);
    if (previous === byte) return at + 1;
    if (byte === LF && previous === CR && byteAt(at - 2) === LF) return at + 1;
  }
  return null;
}

/** Further blank lines between two events begin nothing. */
function lineEndsAt(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === LF || bytes[at] === CR) at++;
  return at;
}
