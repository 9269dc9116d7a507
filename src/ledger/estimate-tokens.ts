/**
 * How many tokens a prompt has, without a tokenizer: o200k_base alone is
 * several times the whole Worker. What comes out reserves money, so it errs
 * high; what the provider reports corrects it afterwards. The weights are fitted by
 * `bench/tokens`, which says how far off they are.
 */
import type { Route } from "../domain/route.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import { isRefusalPart, isTextPart, partsOf } from "../openai/parts.ts";

/** Whose tokenizer. `other` is counted as OpenAI's older cl100k_base, which is worse at everything but English. */
export type TokenFamily = "openai" | "anthropic" | "gemini" | "other";

export function familyOf({ api, provider, model }: Pick<Route, "api" | "provider" | "model">): TokenFamily {
  if (api === "anthropic" || /claude/i.test(model)) return "anthropic";
  if (api === "gemini" || /gemini/i.test(model)) return "gemini";
  // GPT-3.5 and GPT-4 before GPT-4o have cl100k_base: https://github.com/openai/tiktoken/blob/main/tiktoken/model.py
  return !/gpt-(3|4(?![\w.]))/.test(model) && (provider === "openai" || /gpt/i.test(model)) ? "openai" : "other";
}

/** Hundredths of a token for each character, from this code on: by o200k_base, by cl100k_base. A row begins at a multiple of 16. */
const SCRIPTS: readonly (readonly [from: number, newer: number, older: number])[] = [
  [0x80, 130, 130], // Latin-1's signs
  [0xc0, 25, 90], // its letters; for Latin letters this is on top of the word's own weight
  [0x100, 140, 140], // Latin Extended, combining marks
  [0x370, 52, 108], // Greek
  [0x400, 43, 65], // Cyrillic
  [0x530, 90, 180], // whatever has no row of its own
  [0x590, 50, 108], // Hebrew
  [0x600, 46, 96], // Arabic
  [0x780, 90, 180],
  [0x900, 55, 130], // Devanagari, Bengali
  [0xa00, 55, 180], // the rest of India
  [0xe00, 50, 96], // Thai
  [0xe80, 90, 180],
  [0x1e00, 25, 50], // Vietnamese letters
  [0x1f00, 150, 150], // typographic marks, symbols
  [0x3000, 92, 96], // kana
  [0x3400, 106, 138], // Chinese
  [0xac00, 94, 130], // Hangul
  [0xd800, 135, 180], // the first half of an emoji
  [0xdc00, 105, 105], // the second, and full-width marks
];

const [newer, older] = [byScript(1), byScript(2)];

/**
 * Only `openai` and `other` are measured. Nobody publishes the tokenizers of
 * today's Claude and Gemini models, so the other two are assumptions:
 *
 * - Anthropic's tokenizer since Opus 4.7 makes about 30 % more tokens than the one before
 *   (https://platform.claude.com/docs/en/build-with-claude/token-counting), which made more than OpenAI's:
 *   1.7 times the weights, those of cl100k_base where these are higher.
 * - Gemini's splits numbers into digits, as Gemma's does (https://arxiv.org/abs/2403.08295); many others do too.
 *
 * The last column is an image, whatever its size: more than a photo of 12
 * megapixels costs, for its bytes are never read as text. A sound or a file
 * gets the same, and a long PDF costs more than that.
 *
 * - OpenAI: 1.2 tokens for each 32 × 32 pixels in GPT-6, so 14,364 (https://huggingface.co/datasets/JOHNISKING/image-token-cost,
 *   https://developers.openai.com/api/docs/guides/images-vision). GPT-4o mini counts more, and cheaper, tokens.
 * - Anthropic: 4,005 (the same; https://platform.claude.com/docs/en/build-with-claude/vision).
 * - Gemini: about 1,100, and twice that where a caller asks for more (https://ai.google.dev/gemini-api/docs/media-resolution).
 */
const FAMILIES: Readonly<Record<TokenFamily, Weights>> = {
  openai: [1.05, newer, 3, 15_000],
  anthropic: [1.7, older, 3, 5_000],
  gemini: [1.25, newer, 1, 2_300],
  other: [1.25, older, 1, 5_000],
};
type Weights = readonly [factor: number, scripts: Uint8Array, digitsPerToken: number, attachment: number];

/** What the character before was; for white space its own code. */
const LETTER = 1;
const DIGIT = 2;
const MARK = 3;
const FOREIGN = 4;

/** One pass, nothing allocated: a prompt may be megabytes long. */
export function estimateTextTokens(text: string, family: TokenFamily): number {
  const [factor, scripts, digitsPerToken] = FAMILIES[family];
  let hundredths = 0;
  let kind = FOREIGN;
  /** Letters of the word, or digits of the number, so far. */
  let run = 0;
  /** Capitals just before, without a gap. */
  let capitals = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const lower = code | 32;
    if (code > 127) hundredths += scripts[code >> 4] ?? 0;
    if ((lower > 96 && lower < 123) || (code > 0xbf && code < 0x300) || code >> 8 === 0x1e) {
      const isCapital = code < 91;
      const goesOn = kind === LETTER && (isCapital ? capitals > 0 : capitals < 2);
      if (goesOn) hundredths += isCapital ? 10 : run > 5 ? 37 : 0;
      else {
        // A word, or a part of `camelCase`; `x7Qz` and `ABc` look like a key or base64, which is dearer.
        hundredths += kind === DIGIT || (kind === LETTER && !isCapital) ? 175 : 110;
        run = capitals = 0;
      }
      run++;
      capitals = isCapital ? capitals + 1 : 0;
      kind = LETTER;
    } else if (code > 127) {
      kind = FOREIGN;
    } else if (code < 33) {
      // A space belongs to the word after it, but not to a number.
      hundredths += kind > FOREIGN ? 5 : code === 32 ? 0 : 80;
      kind = code;
    } else if (code > 47 && code < 58) {
      if (kind !== DIGIT) run = 0;
      if (run++ % digitsPerToken === 0) hundredths += 100;
      if (kind === 32) hundredths += 100;
      kind = DIGIT;
    } else {
      hundredths += kind === MARK ? 30 : 100;
      kind = MARK;
    }
  }
  return Math.ceil((hundredths * factor) / 100);
}

/** Anthropic puts a system prompt of its own, of some hundred tokens, before tools: https://platform.claude.com/docs/en/about-claude/pricing#tool-use-pricing */
const TOOLS_PREAMBLE = 600;
/** The answer's own beginning: https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb */
const ANSWER_BEGINS = 3;

/** Every field's name counts as text: that stands for the marks which providers put around roles, calls and schemas. */
export function estimatePromptTokens(request: ChatRequest, family: TokenFamily): number {
  const { messages, tools, response_format: format } = request;
  let tokens = ANSWER_BEGINS;
  if (tools) tokens += TOOLS_PREAMBLE + tokensOf(tools, family);
  if (format) tokens += tokensOf(format, family);
  for (const { content, ...rest } of messages) {
    tokens += tokensOf(rest, family);
    for (const part of partsOf(content)) {
      if (isTextPart(part)) tokens += estimateTextTokens(part.text, family);
      else if (isRefusalPart(part)) tokens += estimateTextTokens(part.refusal, family);
      else tokens += FAMILIES[family][3];
    }
  }
  return tokens;
}

/** A list's indices stand for its commas. */
function tokensOf(value: unknown, family: TokenFamily): number {
  if (typeof value !== "object" || value === null) return estimateTextTokens(String(value), family);
  let tokens = 1;
  for (const [name, inner] of Object.entries(value)) {
    tokens += 1 + estimateTextTokens(name, family) + tokensOf(inner, family);
  }
  return tokens;
}

function byScript(column: 1 | 2): Uint8Array {
  const weights = new Uint8Array(0x1000);
  for (const row of SCRIPTS) weights.fill(row[column], row[0] >> 4);
  return weights;
}
