/** Pieces that a tokenizer might make: joined again they are the text, and none splits a character. */
export function tokensOf(text: string): string[] {
  return text.match(/\s*\S{1,12}|\s+/gu) ?? [];
}

export function countTokens(text: string): number {
  return tokensOf(text).length;
}

/** Groups of at most `size` tokens, for wires that send several in one event. */
export function piecesOf(text: string, size: number): string[] {
  const tokens = tokensOf(text);
  const pieces: string[] = [];
  for (let start = 0; start < tokens.length; start += size) pieces.push(tokens.slice(start, start + size).join(""));
  return pieces;
}
