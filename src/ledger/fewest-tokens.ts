/**
 * How many tokens a conversation has at least, whoever's tokenizer counts: what
 * refuses a call must never be more than the truth. No tokenizer in use makes
 * one token of parts of two words, so words are counted (of English prose one
 * for every six characters); nothing is for marks, white space, pictures,
 * tools and what a provider may leave out. `bench/tokens` compares.
 */

const LETTER = 1;
const DENSE = 2;
/** Longer runs of letters are several tokens, but `aaaa…` and base64 have long ones. */
const LETTERS_PER_TOKEN = 32;
/** Scripts that put no space between words. o200k_base has one token for `ありがとうございました`. */
const DENSE_PER_TOKEN = 12;

export function fewestTextTokens(text: string): number {
  let tokens = 0;
  let kind = 0;
  let run = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const now = kindOf(code);
    if (now === 0) {
      // An apostrophe inside a word belongs to it: `don't` is one token of o200k_base.
      if (code !== 39 && code !== 0x2019) kind = 0;
      continue;
    }
    // Letters of two scripts, or letters and digits, may share a token.
    if (kind === 0 || run === (now === DENSE ? DENSE_PER_TOKEN : LETTERS_PER_TOKEN)) {
      tokens++;
      run = 0;
    }
    kind = now;
    run++;
  }
  return tokens;
}

/** Letters and digits of any script; 0: anything else. */
function kindOf(code: number): number {
  if (code < 0x80) {
    const lower = code | 32;
    return (lower > 96 && lower < 123) || (code > 47 && code < 58) ? LETTER : 0;
  }
  if (code < 0xc0 || (code >= 0x2000 && code < 0x3040) || code >= 0xd800) return 0;
  return code < 0x3040 ? LETTER : DENSE;
}

/** The fields, in either dialect, that a model surely reads; of a call's `input` all. */
const READ: ReadonlySet<string> = new Set(["content", "text", "tool_calls", "function", "arguments", "input"]);

/** Of a message, or of instructions. */
export function fewestTokensIn(said: unknown, everyField = false): number {
  if (typeof said === "string") return fewestTextTokens(said);
  if (typeof said !== "object" || said === null) return 0;
  if (Array.isArray(said)) return said.reduce((sum: number, each) => sum + fewestTokensIn(each, everyField), 0);
  let tokens = 0;
  for (const [name, inside] of Object.entries(said)) {
    if (everyField || READ.has(name)) tokens += fewestTokensIn(inside, everyField || name === "input");
  }
  return tokens;
}
