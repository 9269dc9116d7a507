/** A bound that costs next to nothing: texts are measured and not read. */

/** No text has more for a character, by `estimate-tokens.ts`, and no name, number or mark of its structure. */
const TOKENS_PER_CHARACTER = 4;
/** What a part that is no text may have, whatever its size, in characters. */
const ATTACHMENT_CHARACTERS = 4_000;
/** What tools and the beginning of an answer are counted as, whatever they say. */
const SMALL_CHANGE_CHARACTERS = 160;

/** May a request be estimated at so many tokens or more? No: certainly not. */
export function mayReach(tokens: number, request: object): boolean {
  const left = tokens / TOKENS_PER_CHARACTER - SMALL_CHANGE_CHARACTERS;
  return leftAfter(request, left) <= 0;
}

/** What is left of so many characters; at most none. Nothing is looked at beyond them. */
function leftAfter(value: unknown, characters: number): number {
  if (typeof value === "string") return characters - value.length - 2;
  // A number is not longer.
  if (typeof value !== "object" || value === null) return characters - 24;
  let left = characters - 2;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && left > 0; at++) left = leftAfter(value[at], left - 2);
    return left;
  }
  const fields = Object.entries(value);
  for (const [name, inside] of fields) {
    if (left <= 0) return left;
    if (name === "type" && typeof inside === "string" && isAttachment(inside)) left -= ATTACHMENT_CHARACTERS;
    left = leftAfter(inside, left - name.length - 2);
  }
  return left;
}

function isAttachment(type: string): boolean {
  return !KNOWN.has(type);
}

/** Texts, calls and what a JSON schema is made of; whatever else has a type may be a picture. */
const KNOWN: ReadonlySet<string> = new Set(
  (
    "text refusal function custom tool_use tool_result thinking ephemeral auto json_schema json_object " +
    "object string number integer boolean array null"
  ).split(" "),
);
