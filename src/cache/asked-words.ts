/** What is asked, without how: fillers, politeness and the ways to begin a question that mean the same are taken out. */
import {
  ARTICLES,
  GIVING,
  GREETINGS,
  IMPERATIVES,
  LANGUAGES,
  NEEDS_ARTICLE,
  PLEASES,
  TELLING,
  THANKS,
  type Language,
} from "./small-words.ts";
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
  const plain = withoutPoliteness(tokens, language).map(({ text }) => text);
  return plainBeginning(
    plain.filter((text, place) => !ARTICLES[language].has(text) || NEEDS_ARTICLE.has(plain[place + 1] ?? "")),
    language,
  );
}

/** "How do you say thanks" is not polite: only what stands apart is. */
function withoutPoliteness(tokens: readonly Token[], language: Language): readonly Token[] {
  let from = 0;
  let to = tokens.length;
  const at = (place: number, phrases: readonly string[]): number => {
    const found = phrases.map((phrase) => phrase.split(" ")).filter((words) => place + words.length <= to);
    const lengths = found.filter((words) => words.every((word, next) => tokens[place + next]?.text === word));
    return Math.max(0, ...lengths.map((words) => words.length));
  };
  for (;;) {
    const greeting = at(from, GREETINGS[language]);
    const apart = from + greeting === to || tokens[from + greeting]?.apart === true;
    const more = greeting > 0 && apart ? greeting : at(from, PLEASES[language]);
    if (more === 0) break;
    from += more;
  }
  const ends = [...PLEASES[language], ...THANKS[language]];
  for (let place = to - 1; place > from && place >= to - LONGEST_PHRASE; place--) {
    if (tokens[place]?.apart !== true || at(place, ends) !== to - place) continue;
    to = place;
    place = to;
  }
  return tokens.slice(from, to);
}

const LONGEST_PHRASE = 4;

/** Only in front of what one asks a model to do: "can you swim" is a question. */
const BEFORE_IMPERATIVE = [
  ["can", "you"],
  ["can", "you", "please"],
  ["could", "you"],
  ["could", "you", "please"],
  ["would", "you"],
  ["would", "you", "please"],
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
    if (GIVING.has(plain[0] ?? "") && plain[1] === "me" && plain.length > 2) plain = plain.toSpliced(1, 1);
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
