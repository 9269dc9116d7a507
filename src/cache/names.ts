/**
 * Names are known by their capitals. Who writes without any leaves open what is one, so there a name of the other text
 * is looked for in any case, except where the same letters are a common word as well: Turkey, turkey.
 */
import { ARTICLES, GREETINGS, IMPERATIVES, LANGUAGES, NAME_OR_WORD, PLEASES, TELLING, THANKS } from "./small-words.ts";
import type { Token } from "./tokens.ts";

export function namesDiffer(left: readonly Token[], right: readonly Token[]): boolean {
  const names = new Set([...namesIn(left), ...namesIn(right)]);
  const here = left.filter(({ kind, text }) => kind === "word" && names.has(text));
  const there = right.filter(({ kind, text }) => kind === "word" && names.has(text));
  if (here.length !== there.length) return true;
  const bothWithCapitals = usesCapitals(left) && usesCapitals(right);
  return here.some((token, place) => {
    const other = there[place];
    if (other?.text !== token.text) return true;
    const unlike = isCapital(token) !== isCapital(other);
    if (unlike && NAME_OR_WORD.has(token.text)) return true;
    return unlike && bothWithCapitals && !token.initial && !other.initial;
  });
}

function namesIn(tokens: readonly Token[]): readonly string[] {
  if (!usesCapitals(tokens)) return [];
  return tokens
    .filter((token) => token.kind === "word" && isCapital(token) && !(token.initial && beginsSentences(token.text)))
    .map(({ text }) => text);
}

function isCapital({ raw }: Token): boolean {
  return raw !== "I" && raw !== raw.toLowerCase();
}

/** Neither without a capital nor in nothing else; the word "I" is no sign of either. */
function usesCapitals(tokens: readonly Token[]): boolean {
  const words = tokens.filter(({ kind, raw }) => kind === "word" && raw !== "I");
  return words.some(isCapital) && words.some(({ raw }) => raw !== raw.toUpperCase());
}

const BEGINNERS: ReadonlySet<string> = new Set([
  ...IMPERATIVES,
  ..."can could would should will do does did".split(" "),
  ...LANGUAGES.flatMap((language) => [
    ...ARTICLES[language],
    ...TELLING[language],
    ...[...GREETINGS[language], ...PLEASES[language], ...THANKS[language]].flatMap((phrase) => phrase.split(" ")),
  ]),
]);

function beginsSentences(text: string): boolean {
  return BEGINNERS.has(text);
}
