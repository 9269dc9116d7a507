/**
 * Which answers are worth keeping. A cached answer is given again when nobody can look at it, so whatever is doubtful is
 * not kept: the rules are cheap, and it costs nothing when one of them is wrong about a good answer.
 */
import { fail, ok, type Result } from "../lib/result.ts";
import type { ChatCompletion } from "../openai/chat-completion.ts";

export type NotKept = "not_whole" | "not_text" | "empty" | "too_long" | "refusal" | "suspicious" | "second_hand";

/** Below the 2 MB of a row, and 10,000 of these below the 10 GB of an object, whatever the script. */
const MOST_CHARS = 65_536;

export function textToKeep(completion: ChatCompletion): Result<string, NotKept> {
  const [choice, ...more] = completion.choices;
  if (choice === undefined || more.length > 0 || choice.finish_reason !== "stop") return fail("not_whole");
  const { content, refusal, tool_calls: calls } = choice.message;
  if (refusal !== null && refusal !== undefined && refusal !== "") return fail("refusal");
  if (typeof content !== "string" || (calls?.length ?? 0) > 0) return fail("not_text");
  if (content.trim() === "") return fail("empty");
  if (content.length > MOST_CHARS) return fail("too_long");
  if (isSecondHand(completion)) return fail("second_hand");
  if (isRefusal(content)) return fail("refusal");
  return isSuspicious(content) ? fail("suspicious") : ok(content);
}

/** Glued from two routes, cut short, or itself from the cache. */
function isSecondHand(completion: ChatCompletion): boolean {
  const note: unknown = Reflect.get(completion, "x_lisbon");
  if (typeof note !== "object" || note === null) return false;
  const continued: unknown = Reflect.get(note, "continued");
  return (
    (Array.isArray(continued) && continued.length > 0) ||
    ["from_cache", "degraded"].some((name) => ![undefined, null, false].includes(Reflect.get(note, name)))
  );
}

/** How refusals begin in five languages; an apology in the middle of an answer is none. */
const REFUSAL = new RegExp(
  [
    /(?:i['’]m|i am) (?:very |so |really )?(?:sorry|afraid|unable|not able)\b/,
    /(?:sorry|apologies|unfortunately|i apologi[sz]e)\b.{0,40}\b(?:can(?:no|['’])?t|unable|not able|won['’]?t)\b/,
    /i (?:can(?:no|['’])t|can not|won['’]t|will not|must decline|(?:do not|don['’]t) (?:feel comfortable|have access|have enough information))/,
    /as an? (?:ai|artificial|large language|language)\b/,
    /(?:es tut mir (?:sehr )?leid|tut mir leid|entschuldigung|leider (?:kann|darf|ist es mir nicht))/,
    /(?:ich kann (?:dir |ihnen |euch )?(?:dabei |das |diese |damit |leider )*nicht|als (?:ki|künstliche|sprachmodell))/,
    /(?:lo siento|lo lamento|no puedo|como (?:modelo|una? (?:ia|inteligencia)))/,
    /(?:desculp|sinto muito|lamento|(?:eu )?não posso|infelizmente|como (?:um )?modelo)/,
    /(?:(?:je suis )?(?:désolée?|navrée?)|je ne (?:peux|suis pas)|en tant qu)/,
  ]
    .map(({ source }) => source)
    .map((source) => `(?:${source})`)
    .join("|"),
);
const STARTS_REFUSING = new RegExp(`^[\\s"“*_>#-]*(?:${REFUSAL.source})`, "i");

function isRefusal(text: string): boolean {
  return STARTS_REFUSING.test(text.slice(0, 300));
}

/** Pages and error bodies that came as an answer, broken characters, code that does not end, the same line over and over. */
function isSuspicious(text: string): boolean {
  const begin = text.trimStart().slice(0, 200).toLowerCase();
  if (
    /^(?:<!doctype|<html|<\?xml|\{\s*"(?:error|detail)"\s*:|(?:internal server|gateway|upstream|rate limit) )/.test(
      begin,
    )
  )
    return true;
  if (text.includes("\uFFFD") || text.includes("\u0000")) return true;
  if ((text.match(/^[ \t]*```/gm) ?? []).length % 2 === 1) return true;
  return repeats(text);
}

const MOST_REPEATS = 5;
const LEAST_LINE = 12;

function repeats(text: string): boolean {
  const seen = new Map<string, number>();
  for (const line of text.split(/[\n.!?]+/)) {
    const said = line.trim();
    if (said.length < LEAST_LINE) continue;
    const times = (seen.get(said) ?? 0) + 1;
    if (times >= MOST_REPEATS) return true;
    seen.set(said, times);
  }
  return false;
}
