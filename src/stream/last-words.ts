/** The end of an answer, as the next model is asked to repeat it, and as `seam.ts` knows it again. */

/** So much is quoted at first; where the answer says it twice, or it is mostly white space, more. */
const QUOTED_CHARS = 64;
const MOST_QUOTED_CHARS = 512;
/** White space apart; what proves a seam, and room to spare: some models leave out a word. */
const LEAST_QUOTED = 32;

/** Words that stand nowhere else in the answer, where there are any. */
export function lastWords(said: string): string {
  const all = folded(said);
  for (let size = QUOTED_CHARS; ; size *= 2) {
    const quote = quoteOf(said, size);
    const words = folded(quote);
    if (size >= MOST_QUOTED_CHARS || (words.length >= LEAST_QUOTED && isOnlyAtEnd(words, all))) return quote;
  }
}

/** Not through the middle of a character, and from a word's beginning where there is one. */
function quoteOf(said: string, size: number): string {
  return said
    .slice(-size)
    .replace(/^[\udc00-\udfff]/, "")
    .replace(/^\S{0,15}\s+(?=\S)/, said.length > size ? "" : "$&");
}

/** Both folded. A mark in front of the words may be one of somebody else's: it does not count. */
export function isOnlyAtEnd(words: string, all: string): boolean {
  const those = words.replace(/^[^\p{L}\p{N}]+/u, "");
  return all.indexOf(those) === all.length - those.length;
}

/** Without white space and capitals, which models change at will. */
export function folded(text: string): string {
  return text.replaceAll(/\s+/g, "").toLowerCase();
}
