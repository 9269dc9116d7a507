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
  const beginning = delivered.slice(0, BEGINNING_CHARS);
  const said = wordsOf(beginning);
  const says = wordsOf(text.slice(0, BEGINNING_CHARS / 2));
  if (says.length < 3 || said.length < 3) return sharesRun(text, beginning);
  if (says.slice(0, 3).join(" ") === said.slice(0, 3).join(" ")) return true;
  const runs = new Set(runsOf(said));
  if (runsOf(says).some((run) => runs.has(run))) return true;
  const stems = new Set(said.flatMap(stemOf));
  const told = says.flatMap(stemOf);
  const again = told.filter((stem) => stems.has(stem)).length;
  return again >= 4 && again / told.length >= 0.4;
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Four words in a row. */
function runsOf(words: readonly string[]): readonly string[] {
  return words.slice(3).map((_word, at) => words.slice(at, at + 4).join(" "));
}

/** Words that carry meaning, without their ends; short ones are in every text. */
function stemOf(word: string): readonly string[] {
  return word.length < 5 ? [] : [word.slice(0, 5)];
}

/** For scripts without spaces: ten characters in a row. */
function sharesRun(text: string, beginning: string): boolean {
  const plain = text.replaceAll(/\s/g, "").slice(0, BEGINNING_CHARS / 2);
  const said = beginning.replaceAll(/\s/g, "");
  for (let at = 0; at + RUN <= plain.length; at++) if (said.includes(plain.slice(at, at + RUN))) return true;
  return false;
}

const RUN = 10;
