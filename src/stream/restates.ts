/** Signs that a text is another beginning of the same answer, and no rest of it. */

/** Does this sound as if it spoke about the answer, in place of going on with it? */
export function soundsLikePreamble(text: string): boolean {
  return PREAMBLE.test(text.trimStart().slice(0, 80));
}

const PREAMBLE = new RegExp(
  `^[*_"“'>\\s]*(?:${[
    "i(?:'|’)?m sorry|i am sorry|sorry|(?:my )?apologies|i apologi[sz]e|pardon|oops|it (?:seems|looks|appears)",
    "sure|certainly|of course|okay|ok[,!. ]|absolutely|alright|no problem|understood|got it",
    "continuing|to continue|let me|i(?:'|’)ll (?:continue|pick)|picking up|resuming|as i was|where (?:was|were|did) (?:i|we)",
    "i can(?:no|'|’)?t (?:help|assist|continue|comply)",
    "here(?:'|’)?s |here is |here are |the (?:answer|response|text) (?:was|is|got)|my (?:previous|last)",
    "entschuldig|es tut mir|tut mir leid|natürlich|gerne|selbstverständlich|hier ist|weiter geht|fortsetzung",
    "desculp|claro|com certeza|continuando|aqui está|peço",
    "lo siento|disculp|por supuesto|claro|continúo|aquí ",
    "désol|bien sûr|voici|je continue|pardon",
    "申し訳|すみません|もちろん|続き|承知|はい、",
    "抱歉|对不起|当然|好的|继续|以下",
  ].join("|")})`,
  "iu",
);

const BEGINNING_CHARS = 400;

/** Does it say again what `delivered` began with, in the same words or in others? */
export function restates(text: string, delivered: string): boolean {
  const said = wordsOf(delivered.slice(0, BEGINNING_CHARS));
  // Of a long text against a short one little would be alike.
  const says = wordsOf(text.slice(0, Math.min(delivered.length, BEGINNING_CHARS / 2)));
  if (says.length >= 3 && says.slice(0, 3).join(" ") === said.slice(0, 3).join(" ")) return true;
  const runs = new Set(runsOf(said));
  if (runsOf(says).some((run) => runs.has(run))) return true;
  return likeness(says.join(""), said.join("")) >= (isUnspaced(text) ? 0.15 : 0.17);
}

/** It begins with a capital, with a letter of a script that has none, or with the very mark that the answer began with. */
export function mayBegin(text: string, delivered: string): boolean {
  const [first = ""] = text.trimStart();
  return /[\p{Lu}\p{Lo}]/u.test(first) || (first === delivered.trimStart()[0] && !/\p{L}/u.test(first));
}

/**
 * How much of the one is in the other, 0 to 1, by pieces of a few letters: a paraphrase shares names and stems. At 50
 * seams of ten texts paraphrases had 0.18 and more, honest continuations of prose up to 0.16
 * (docs/decisions/2026-11-21-the-seam.md).
 */
export function likeness(text: string, other: string): number {
  const size = isUnspaced(text) ? 2 : 4;
  const pieces = piecesOf(text, size);
  const known = piecesOf(other, size);
  let shared = 0;
  for (const piece of pieces) if (known.has(piece)) shared++;
  return pieces.size === 0 ? 0 : shared / pieces.size;
}

function piecesOf(text: string, size: number): ReadonlySet<string> {
  const pieces = new Set<string>();
  for (let at = 0; at + size <= text.length; at++) pieces.add(text.slice(at, at + size));
  return pieces;
}

/** Written without spaces between words. */
export function isUnspaced(text: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(text);
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Four words in a row. */
function runsOf(words: readonly string[]): readonly string[] {
  return words.slice(3).map((_word, at) => words.slice(at, at + 4).join(" "));
}
