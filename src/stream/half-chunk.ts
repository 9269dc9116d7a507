/**
 * What a cut OpenAI chunk must hold when it is completed. The rule: text that
 * was sent counts as sent, everything else counts only whole, because half a
 * word is another word: a client would run the tool `delete_user` where
 * `delete_user_avatar` was cut. Such a value is taken back: its member is named
 * again, with null. `JSON.parse`, Python and Go keep the last of two members
 * with one name; a parser that refuses them fails loudly, as it should here.
 */
import type { Member, Path, Shape } from "../lib/complete-json.ts";

/**
 * A choice that says nothing. Clients read `chunk.choices[0].delta` without asking, so an event that had said nothing
 * yet says nothing in this form and not with an empty list.
 */
const EMPTY_CHOICE = '{"index":0,"delta":{},"finish_reason":null}';
const EMPTY_CHOICES = `[${EMPTY_CHOICE}]`;
export const EMPTY_CHUNK = `{"choices":${EMPTY_CHOICES}}`;

export const halfChunk: Shape = { valueAt, neverEmpty: isChoices, membersOf, allows };

/**
 * The members that are taken back when they were cut. `usage` and `logprobs` would be wrong, not short; half a tool
 * call must never look whole, and none can be continued. Half an error is taken back because the answer may go on.
 */
const TAKEN_BACK = {
  chunk: ["id", "object", "model", "usage", "error"],
  choice: ["logprobs"],
  delta: ["role", "tool_calls", "function_call"],
} as const;

function valueAt(path: Path, sibling: Member["kind"] | null): string {
  if (path.length === 0) return EMPTY_CHUNK;
  if (isChoices(path)) return EMPTY_CHOICES;
  if (isChoice(path)) return EMPTY_CHOICE;
  if (isDelta(path)) return "{}";
  if (isChoice(path.slice(0, -1)) && path.at(-1) === "index") return "0";
  return sibling === null ? "null" : EMPTY_VALUES[sibling];
}

/** A list whose elements are objects gets one more, not null: clients read members without asking. */
const EMPTY_VALUES: Readonly<Record<Member["kind"], string>> = {
  object: "{}",
  array: "[]",
  string: '""',
  number: "0",
  literal: "null",
};

function membersOf(path: Path, members: ReadonlyMap<string, Member>): Readonly<Record<string, string>> {
  if (path.length === 0) {
    return {
      ...takenBack(TAKEN_BACK.chunk, members),
      ...(has(members, "choices", "array") ? {} : { choices: EMPTY_CHOICES }),
    };
  }
  if (isChoice(path)) {
    return {
      ...takenBack(TAKEN_BACK.choice, members),
      ...(has(members, "index", "number") ? {} : { index: "0" }),
      ...(has(members, "delta", "object") ? {} : { delta: "{}" }),
      ...(finishReasonStands(members) ? {} : { finish_reason: "null" }),
    };
  }
  return isDelta(path) ? takenBack(TAKEN_BACK.delta, members) : {};
}

/**
 * `"sto` must not be read as a reason: it is truthy, so clients stop reading before the error event and show the half
 * answer as whole; the `openai` SDK reports the content as done. The same goes for a whole reason that some servers
 * send before the text it speaks of. Only after a whole delta is a whole reason the truth. And it is always there:
 * some clients ask `finish_reason !== null`.
 */
function finishReasonStands(members: ReadonlyMap<string, Member>): boolean {
  const reason = members.get("finish_reason");
  if (reason?.kind === "literal") return true;
  const delta = members.get("delta");
  return reason !== undefined && !reason.cut && delta !== undefined && !delta.cut;
}

function takenBack(names: readonly string[], members: ReadonlyMap<string, Member>): Readonly<Record<string, string>> {
  const cut = names.filter((name) => members.get(name)?.cut === true && members.get(name)?.kind !== "literal");
  return Object.fromEntries(cut.map((name) => [name, "null"]));
}

function has(members: ReadonlyMap<string, Member>, name: string, kind: Member["kind"]): boolean {
  return members.get(name)?.kind === kind;
}

function allows(path: Path, kind: Member["kind"]): boolean {
  return (path.length > 0 && !isChoice(path)) || kind === "object";
}

function isChoices(path: Path): boolean {
  return path.length === 1 && path[0] === "choices";
}

function isChoice(path: Path): boolean {
  return path.length === 2 && path[0] === "choices" && typeof path[1] === "number";
}

function isDelta(path: Path): boolean {
  return path.length === 3 && isChoice(path.slice(0, 2)) && path[2] === "delta";
}
