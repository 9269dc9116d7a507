/**
 * The bytes that a cut UTF-8 character needs to become a valid one: the lowest
 * that may follow. Nothing can be taken back from a stream, and strict decoders
 * (Python's) throw on half a character.
 */
export function finishUtf8(bytes: Uint8Array): Uint8Array {
  const begun = begunCharacter(bytes);
  if (begun.length === 0) return new Uint8Array();
  const [lead = 0] = begun;
  const missing = lengthOf(lead) - begun.length;
  return Uint8Array.from({ length: missing }, (_, place) =>
    place === 0 && begun.length === 1 ? secondByteRange(lead).lowest : 0x80,
  );
}

/** The bytes at the end that begin a character and do not end it; none where they could never become one. */
function begunCharacter(bytes: Uint8Array): Uint8Array {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const tail = bytes.subarray(bytes.length - length);
    const [lead = 0, second] = tail;
    if (isContinuation(lead)) continue;
    if (length >= lengthOf(lead)) break;
    if (second === undefined) return tail;
    const { lowest, highest } = secondByteRange(lead);
    if (second >= lowest && second <= highest) return tail;
    break;
  }
  return new Uint8Array();
}

function lengthOf(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 1;
}

/**
 * Overlong forms, surrogates and what lies beyond U+10FFFF are not characters.
 * Table 3-7 of https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/
 */
function secondByteRange(lead: number): { readonly lowest: number; readonly highest: number } {
  switch (lead) {
    case 0xe0:
      return { lowest: 0xa0, highest: 0xbf };
    case 0xed:
      return { lowest: 0x80, highest: 0x9f };
    case 0xf0:
      return { lowest: 0x90, highest: 0xbf };
    case 0xf4:
      return { lowest: 0x80, highest: 0x8f };
    default:
      return { lowest: 0x80, highest: 0xbf };
  }
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}
