/** Of longer answers only the end is looked at: models that loop do so until they are cut. */
const MOST_CHARS = 16_384;
/** A refrain is no loop: the same passage so often in a row, over so many characters and so much of the answer. */
const TIMES = 4;
const LEAST_CHARS = 200;
const LEAST_SHARE = 0.5;

/**
 * Does the answer end in the same passage over and over? One walk over its end (the prefix function of the text read
 * backwards): at each length it tells the shortest passage of which an end of that length consists.
 */
export function repeats(text: string): boolean {
  const end = text.replaceAll(/\s+/g, " ").trim().slice(-MOST_CHARS);
  const least = Math.max(LEAST_CHARS, end.length * LEAST_SHARE);
  if (end.length < least) return false;
  const borders = new Uint16Array(end.length);
  for (let length = 1, border = 0; length < end.length; length++) {
    while (border > 0 && unit(end, length) !== unit(end, border)) border = borders[border - 1] ?? 0;
    if (unit(end, length) === unit(end, border)) border += 1;
    borders[length] = border;
    const period = length + 1 - border;
    // A rule of dashes or an empty table's row is a shape, and no passage.
    if (length + 1 >= least && period * TIMES <= length + 1 && /[\p{L}\p{N}]/u.test(end.slice(-period))) return true;
  }
  return false;
}

/** Counted from the end. */
function unit(text: string, place: number): number {
  return text.charCodeAt(text.length - 1 - place);
}
