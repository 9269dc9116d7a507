/**
 * A question taken apart into what can be compared: words in lower case and one spelling, numbers, quotations as they
 * stand, signs. Ordinary punctuation goes. Linear in the text.
 */
import { MONTHS, NUMBER_WORDS, SPELLINGS } from "./small-words.ts";

export interface Token {
  readonly kind: "word" | "number" | "quote" | "sign";
  /** In its one spelling. */
  readonly text: string;
  readonly raw: string;
  /** It begins a sentence, so that its capital says nothing. */
  readonly initial: boolean;
  /** Punctuation stands before it, or nothing. */
  readonly apart: boolean;
}

export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let initial = true;
  let apart = true;
  for (const { groups = {}, 0: raw } of spelledOut(text).matchAll(TOKEN)) {
    const { quote, code, single, number, word } = groups;
    const quoted = quote ?? code ?? single;
    if (quoted !== undefined) tokens.push({ kind: "quote", text: quoted.trim(), raw, initial, apart });
    else if (number !== undefined) tokens.push({ kind: "number", text: numberOf(number), raw, initial, apart });
    else if (word !== undefined) tokens.push(wordOf(word, initial, apart));
    else if (!PUNCTUATION.has(raw)) tokens.push({ kind: "sign", text: raw, raw, initial, apart });
    apart = PUNCTUATION.has(raw);
    initial = ENDS_SENTENCE.has(raw) || (initial && PUNCTUATION.has(raw));
  }
  return withDaysFirst(tokens);
}

const TOKEN = new RegExp(
  [
    /"(?<quote>[^"\n]{1,200})"/u,
    /`(?<code>[^`\n]{1,200})`/u,
    /(?<![\p{L}\p{N}])'(?<single>[^'\n]{1,80})'(?![\p{L}\p{N}])/u,
    /(?<number>(?:(?<![\p{L}\p{N}])[-−])?\d+(?:[.,:/-]\d+)*(?:(?:st|nd|rd|th)(?![\p{L}\p{N}]))?)/u,
    /(?<word>\p{L}[\p{L}\p{M}\p{N}]*(?:[.'_-][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*(?:\+\+|#)?)/u,
    /\S/u,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gu",
);

/** Brackets are none: in a formula they say what belongs together. */
const PUNCTUATION: ReadonlySet<string> = new Set(".,;:!?¡¿\"'…–—");
const ENDS_SENTENCE: ReadonlySet<string> = new Set(".!?:¡¿");

/**
 * One kind of quotation marks; contractions and elisions as the words that they stand for. Not NFKC, for which 10² is 102.
 */
function spelledOut(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/[“”„«»]/g, '"')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/\b(can)(?:not|'t)\b/gi, "$1 not")
    .replaceAll(/\b(w)on't\b/gi, "$1ill not")
    .replaceAll(/\b(sha)n't\b/gi, "$1ll not")
    .replaceAll(/n't\b/gi, " not")
    .replaceAll(/\b(what|who|where|how|when|why|that|it|there|here|he|she)'s\b/gi, "$1 is")
    .replaceAll(/\b(i)'m\b/gi, "$1 am")
    .replaceAll(/\b(you|we|they)'re\b/gi, "$1 are")
    .replaceAll(/\b(i|you|we|they)'ve\b/gi, "$1 have")
    .replaceAll(/\b(i|you|we|they|he|she|it)'ll\b/gi, "$1 will")
    .replaceAll(/(?<![\p{L}\p{N}'])(l|d|j|n|m|t|s|c|qu|jusqu|lorsqu)'(?=\p{L})/giu, "$1e ");
}

/** `1,000` is 1000 in every language that writes it; `1.000` is not, so it stays. */
function numberOf(raw: string): string {
  const plain = raw.replace("−", "-");
  return /^-?\d{1,3}(?:,\d{3})+$/.test(plain) ? plain.replaceAll(",", "") : plain;
}

function wordOf(raw: string, initial: boolean, apart: boolean): Token {
  // Part of a name, a version or an id, where a capital may make another one.
  if (/\p{N}/u.test(raw)) return { kind: "number", text: raw, raw, initial, apart };
  const lower = raw.toLowerCase();
  const number = NUMBER_WORDS.get(lower);
  if (number !== undefined) return { kind: "number", text: number, raw, initial, apart };
  return { kind: "word", text: spellingOf(lower), raw, initial, apart };
}

function spellingOf(word: string): string {
  const known = SPELLINGS.get(word);
  if (known !== undefined) return known;
  const one = word.endsWith("s") ? SPELLINGS.get(word.slice(0, -1)) : undefined;
  if (one !== undefined) return `${one}s`;
  return word.length >= 7 ? word.replace(IZE, "is$1") : word;
}

const IZE = /iz(e|es|ed|er|ing|ation|ations)$/;

/** `May 3` as `3 May`. */
function withDaysFirst(tokens: readonly Token[]): readonly Token[] {
  const ordered = [...tokens];
  for (const [place, token] of tokens.entries()) {
    const next = tokens[place + 1];
    if (!MONTHS.has(token.text) || next === undefined || !isDay(next) || tokens[place - 1]?.kind === "number") continue;
    ordered[place] = next;
    ordered[place + 1] = token;
  }
  return ordered;
}

function isDay({ kind, text }: Token): boolean {
  return kind === "number" && /^(?:[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?$/.test(text);
}
