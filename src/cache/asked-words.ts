/** What is asked, without how: fillers, politeness and the ways to begin a question that mean the same are taken out. */
import { FILLERS, IMPERATIVES, LANGUAGES, NEEDS_ARTICLE, TELLING, type Language } from "./small-words.ts";
import type { Token } from "./tokens.ts";

/** Null: none of the five, and nothing is taken out. */
export function languageOf(tokens: readonly Token[]): Language | null {
  const counted = LANGUAGES.map((language) => ({
    language,
    told: tokens.filter(({ text }) => TELLING[language].has(text)).length,
  })).toSorted((one, other) => other.told - one.told);
  const [first, second] = counted;
  return first === undefined || first.told === 0 || first.told === second?.told ? null : first.language;
}

export function askedWords(tokens: readonly Token[], language: Language | null): readonly string[] {
  if (language === null) return tokens.map(({ text }) => text);
  const polite = withoutPhrases(
    tokens.map(({ text }) => text),
    PHRASES[language],
  );
  const plain = polite.filter(
    (text, place) => !FILLERS[language].has(text) || NEEDS_ARTICLE.has(polite[place + 1] ?? ""),
  );
  return plainBeginning(plain, language);
}

const PHRASES: Readonly<Record<Language, readonly (readonly string[])[]>> = {
  en: [["thank", "you"]],
  de: [["vielen", "dank"]],
  pt: [["por", "favor"]],
  es: [["por", "favor"]],
  fr: [
    ["se", "il", "te", "plaît"],
    ["se", "il", "vous", "plaît"],
  ],
};

function withoutPhrases(texts: readonly string[], phrases: readonly (readonly string[])[]): readonly string[] {
  const left: string[] = [];
  for (let place = 0; place < texts.length;) {
    const phrase = phrases.find((words) => startsWith(texts, words, place));
    if (phrase === undefined) left.push(texts[place] ?? "");
    place += phrase?.length ?? 1;
  }
  return left;
}

/** Only in front of what one asks a model to do: "can you swim" is a question. */
const BEFORE_IMPERATIVE = [
  ["can", "you"],
  ["could", "you"],
  ["would", "you"],
  ["will", "you"],
  ["i", "would", "like", "you", "to"],
  ["i", "want", "you", "to"],
  ["i", "need", "you", "to"],
] as const;
const BEFORE_QUESTION = [
  ["tell", "me"],
  ["i", "would", "like", "to", "know"],
  ["i", "want", "to", "know"],
] as const;
const QUESTION_WORDS: ReadonlySet<string> = new Set(["what", "who", "where", "when", "why", "how", "which"]);
const HOW_TO: Readonly<Record<Language, readonly (readonly string[])[]>> = {
  en: [
    ["how", "do", "i"],
    ["how", "can", "i"],
    ["how", "does", "one"],
    ["how", "to"],
  ],
  de: [],
  pt: [["como", "posso"], ["como"]],
  es: [["cómo", "puedo"], ["cómo"]],
  fr: [["comment", "puis-je"], ["comment"]],
};

function plainBeginning(texts: readonly string[], language: Language): readonly string[] {
  let plain = texts;
  if (language === "en") {
    plain = withoutOpener(plain, BEFORE_IMPERATIVE, IMPERATIVES);
    plain = withoutOpener(plain, BEFORE_QUESTION, QUESTION_WORDS);
    if (IMPERATIVES.has(plain[0] ?? "") && plain[1] === "me") plain = plain.toSpliced(1, 1);
  }
  const how = HOW_TO[language].find((words) => startsWith(plain, words, 0));
  return how === undefined ? plain : ["how to", ...plain.slice(how.length)];
}

function withoutOpener(
  texts: readonly string[],
  openers: readonly (readonly string[])[],
  before: ReadonlySet<string>,
): readonly string[] {
  const opener = openers.find((words) => startsWith(texts, words, 0) && before.has(texts[words.length] ?? ""));
  return opener === undefined ? texts : texts.slice(opener.length);
}

function startsWith(texts: readonly string[], words: readonly string[], at: number): boolean {
  return words.every((word, place) => texts[at + place] === word);
}
