/**
 * Ends an event of an Anthropic stream that was cut while it was sent. The
 * rules of `half-chunk.ts` hold here too: text that was sent counts as sent,
 * everything else only whole.
 *
 * So a delta that has begun with its text is completed as what it was. Any other
 * half event becomes a `ping`, by its name and by its `type`, the last of two
 * members counting: every client knows pings and reads nothing in them. To make
 * up the members that are missing would be worse: which block is open is not
 * known here, and clients throw at the delta of a block that is not there
 * (Python's `IndexError`), or read a made-up stop reason or number of tokens.
 * Text in a `content_block_start` goes with its event: the SDKs' `text` events
 * leave it out. A ping in place of `message_stop` or half an error leaves open
 * how the answer ends, which the observer decides.
 *
 * Null: no completion could be read, and the body must be aborted. A
 * `message_stop` of which only the line's end is missing is null, as `[DONE]`
 * is: to end it would say that the answer is whole.
 * https://platform.claude.com/docs/en/build-with-claude/streaming#event-types
 */
import { completeJson, type Member, type Shape } from "../lib/complete-json.ts";
import { completeLines, type EventRest, type HalfEvent } from "./complete-lines.ts";

/**
 * `partial`: what came after the last blank line. Returns what must follow, none where nothing had begun. It carries
 * no text but the one character that a cut character or escape becomes.
 */
export function completeAnthropicEvent(partial: Uint8Array): Uint8Array | null {
  return completeLines(partial, restOf);
}

function restOf({ name, nameCut, data }: HalfEvent): EventRest | null {
  // Also where only a comment or half a name came: some clients parse the data of every named event.
  if (data.trim() === "") return { data: '{"type":"ping"}', name: "ping" };
  const rest = completeJson(data, halfEvent(name));
  if (rest === null) return null;
  const type = typeOf(data + rest);
  if (rest !== "") return type === "ping" ? { data: rest, name: type } : { data: rest };
  // Nothing of what is whole can be taken back. The SDKs skip what has no name, and it may have been still to come.
  if (type === null || name === null || type === "message_stop") return null;
  return nameCut ? { data: rest, name: type } : { data: rest };
}

function typeOf(json: string): string | null {
  const { type }: { readonly type?: unknown } = Object(JSON.parse(json));
  return typeof type === "string" ? type : null;
}

type Members = ReadonlyMap<string, Member>;
type Added = Readonly<Record<string, string>>;

/** `name`: the one that the `event:` line gave. */
function halfEvent(name: string | null): Shape {
  return {
    valueAt: () => "null",
    neverEmpty: () => false,
    membersOf: (path, members) => {
      if (path.length === 0) return membersOfEvent(name, members);
      return path.length === 1 && path[0] === "delta" ? membersOfDelta(members) : {};
    },
    allows: (path, kind) => path.length > 0 || kind === "object",
  };
}

const DELTA = "content_block_delta";

function membersOfEvent(name: string | null, members: Members): Added {
  const type = members.get("type");
  const isDelta = name === DELTA && (type === undefined || type.text === DELTA);
  // `"index":1` may be the beginning of 12 as long as nothing follows it.
  const hasIndex = members.get("index")?.kind === "number" && [...members.keys()].at(-1) !== "index";
  if (isDelta && hasIndex && textIn(members.get("delta")?.members) !== undefined) {
    return { ...takenBack(members, "delta"), ...(type === undefined && { type: JSON.stringify(DELTA) }) };
  }
  // Who looks for errors by that member finds none.
  return { ...(members.has("error") && { error: "null" }), ...(type?.text !== "ping" && { type: '"ping"' }) };
}

function membersOfDelta(members: Members): Added {
  const text = textIn(members);
  if (text === undefined) return {};
  return { ...takenBack(members, text), ...(!members.has("type") && { type: JSON.stringify(`${text}_delta`) }) };
}

/** The member that holds a delta's text: `text` of a `text_delta`, `thinking` of a `thinking_delta`. */
function textIn(delta: Members | undefined): string | undefined {
  const type = delta?.get("type");
  return ["text", "thinking"].find(
    (name) => delta?.get(name)?.kind === "string" && (type === undefined || type.text === `${name}_delta`),
  );
}

/** Half of anything but the text is named again, with null. */
function takenBack(members: Members, kept: string): Added {
  const cut = [...members].filter(([name, member]) => name !== kept && member.cut);
  return Object.fromEntries(cut.map(([name]) => [name, "null"]));
}
