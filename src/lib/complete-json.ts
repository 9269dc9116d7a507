/**
 * Reads JSON that was cut anywhere and says what must follow to make it valid:
 * the token under the cut is finished, then every open array and object is
 * closed from the inside out. What a document of some kind must hold, and which
 * half-sent values may not stand, is the caller's to say (`Shape`).
 */
import { finishEscape, isHighSurrogate } from "./finish-escape.ts";

export type Path = readonly (string | number)[];

export interface Member {
  readonly kind: "object" | "array" | "string" | "number" | "literal";
  /** The cut went through this value. (A number that ends at the cut and could end there counts as whole.) */
  readonly cut: boolean;
  /** What a string says that is whole. */
  readonly text?: string;
  /** What an object holds. */
  readonly members?: ReadonlyMap<string, Member>;
}

export interface Shape {
  /** The value for a place whose own had not begun. `sibling`: the kind of the array's element before it. */
  valueAt(path: Path, sibling: Member["kind"] | null): string;
  /** Whether an array that the cut left without an element gets one. */
  neverEmpty(path: Path): boolean;
  /** The members to add to an object that the cut left open. One that is there already is replaced: the last counts. */
  membersOf(path: Path, members: ReadonlyMap<string, Member>): Readonly<Record<string, string>>;
  /** Whether a client could read the document with a value of this kind here. */
  allows(path: Path, kind: Member["kind"]): boolean;
}

/** The suffix; empty where the text is whole; null where it is no JSON or no shape that `shape` allows. */
export function completeJson(text: string, shape: Shape): string | null {
  const reading: Reading = { text, shape, at: 0, suffix: "" };
  if (readValue(reading, [], null) === null) return null;
  skipSpace(reading);
  return reading.at === text.length ? reading.suffix : null;
}

/** Deeper than any provider's answer; a hostile one must not exhaust the stack. */
const MAX_DEPTH = 100;

/**
 * A cut key gets one more character, then null. Finished as it is, it might be another member's whole name, and would
 * erase that one: `reasoning` is the beginning of `reasoning_details`.
 */
const KEY_END = '~":null';
const UNKNOWN_MEMBER = '"~":null';

interface Reading {
  readonly text: string;
  readonly shape: Shape;
  at: number;
  /** Grows from the inside out once the end of the text is met. */
  suffix: string;
}

function readValue(reading: Reading, path: Path, sibling: Member["kind"] | null): Member | null {
  if (path.length > MAX_DEPTH) return null;
  skipSpace(reading);
  const first = reading.text[reading.at];
  if (first === undefined) {
    const value = reading.shape.valueAt(path, sibling);
    reading.suffix += value;
    return { kind: kindOf(value) ?? "literal", cut: true };
  }
  const kind = kindOf(first);
  return kind === null || !reading.shape.allows(path, kind) ? null : READERS[kind](reading, path);
}

const READERS = {
  object: readObject,
  array: readArray,
  string: (reading: Reading) => readString(reading, '"'),
  number: readNumber,
  literal: readLiteral,
} as const satisfies Record<Member["kind"], (reading: Reading, path: Path) => Member | null>;

function kindOf(value: string): Member["kind"] | null {
  if (value.startsWith("{")) return "object";
  if (value.startsWith("[")) return "array";
  if (value.startsWith('"')) return "string";
  if (/^[-0-9]/.test(value)) return "number";
  return /^[tfn]/.test(value) ? "literal" : null;
}

function readObject(reading: Reading, path: Path): Member | null {
  const members = new Map<string, Member>();
  reading.at += 1;
  for (;;) {
    skipSpace(reading);
    if (ended(reading)) return closeObject(reading, path, members, members.size > 0 ? "after-member" : "empty");
    if (took(reading, "}")) return { kind: "object", cut: false, members };
    if (members.size > 0) {
      if (!took(reading, ",")) return null;
      skipSpace(reading);
      if (ended(reading)) return closeObject(reading, path, members, "after-comma");
    }
    const cut = readMember(reading, path, members);
    if (cut === null) return null;
    if (cut) return closeObject(reading, path, members, "after-member");
  }
}

/** Whether the cut went through this member; null where it is not JSON. */
function readMember(reading: Reading, path: Path, members: Map<string, Member>): boolean | null {
  if (reading.text[reading.at] !== '"') return null;
  const key = readString(reading, KEY_END);
  if (key === null) return null;
  if (key.text === undefined) return true;
  skipSpace(reading);
  if (ended(reading)) reading.suffix += ":";
  else if (!took(reading, ":")) return null;
  const value = readValue(reading, [...path, key.text], null);
  if (value === null) return null;
  members.set(key.text, value);
  return value.cut;
}

function closeObject(
  reading: Reading,
  path: Path,
  members: ReadonlyMap<string, Member>,
  state: "empty" | "after-member" | "after-comma",
): Member {
  const wanted = reading.shape.membersOf(path, members);
  const added = Object.entries(wanted).map(([name, value]) => `${JSON.stringify(name)}:${value}`);
  if (state === "after-comma" && added.length === 0) added.push(UNKNOWN_MEMBER);
  reading.suffix += `${state === "after-member" && added.length > 0 ? "," : ""}${added.join(",")}}`;
  return { kind: "object", cut: true, members };
}

function readArray(reading: Reading, path: Path): Member | null {
  let last: Member["kind"] | null = null;
  reading.at += 1;
  for (let index = 0; ; index++) {
    skipSpace(reading);
    if (ended(reading)) {
      if (index === 0 && reading.shape.neverEmpty(path)) reading.suffix += reading.shape.valueAt([...path, 0], null);
      break;
    }
    if (took(reading, "]")) return { kind: "array", cut: false };
    if (index > 0 && !took(reading, ",")) return null;
    const element = readValue(reading, [...path, index], last);
    if (element === null) return null;
    last = element.kind;
    if (element.cut) break;
  }
  reading.suffix += "]";
  return { kind: "array", cut: true };
}

/** `end`: what finishes the string when the cut goes through it. */
function readString(reading: Reading, end: string): Member | null {
  const { text } = reading;
  const start = reading.at;
  let afterHigh = -1;
  reading.at += 1;
  for (;;) {
    const begun = reading.at;
    const character = text[begun];
    if (character === undefined) return cutString(reading, "", afterHigh === begun, end);
    if (character === '"') {
      reading.at += 1;
      return { kind: "string", cut: false, text: String(JSON.parse(text.slice(start, reading.at))) };
    }
    if (character < " ") return null;
    if (character !== "\\") {
      reading.at += 1;
      continue;
    }
    const escape = /^\\(?:["\\/bfnrt]|u[0-9a-f]{4})/i.exec(text.slice(begun, begun + 6))?.[0];
    if (escape === undefined) {
      const rest = text.slice(begun);
      return /^\\(?:u[0-9a-f]{0,3})?$/i.test(rest) ? cutString(reading, rest, afterHigh === begun, end) : null;
    }
    reading.at += escape.length;
    if (isHighSurrogate(escape.slice(2))) afterHigh = reading.at;
  }
}

function cutString(reading: Reading, escape: string, afterHigh: boolean, end: string): Member {
  reading.suffix += finishEscape(escape, afterHigh) + end;
  reading.at = reading.text.length;
  return { kind: "string", cut: true };
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const HALF_NUMBER = /-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:(?<=[0-9])[eE][-+]?)?)?$/y;

function readNumber(reading: Reading): Member | null {
  HALF_NUMBER.lastIndex = reading.at;
  const half = HALF_NUMBER.exec(reading.text)?.[0];
  if (half !== undefined && !/[0-9]$/.test(half)) {
    reading.at += half.length;
    reading.suffix += "0";
    return { kind: "number", cut: true };
  }
  NUMBER.lastIndex = reading.at;
  const whole = NUMBER.exec(reading.text)?.[0];
  if (whole === undefined) return null;
  reading.at += whole.length;
  return { kind: "number", cut: false };
}

function readLiteral(reading: Reading): Member | null {
  const rest = reading.text.slice(reading.at, reading.at + "false".length);
  const literal = ["true", "false", "null"].find((word) => rest.startsWith(word) || word.startsWith(rest));
  if (literal === undefined) return null;
  const missing = literal.slice(rest.length);
  reading.at += Math.min(literal.length, rest.length);
  reading.suffix += missing;
  return { kind: "literal", cut: missing !== "" };
}

function skipSpace(reading: Reading): void {
  while (/[ \t\n\r]/.test(reading.text[reading.at] ?? "")) reading.at += 1;
}

function ended(reading: Reading): boolean {
  return reading.at === reading.text.length;
}

function took(reading: Reading, character: string): boolean {
  if (reading.text[reading.at] !== character) return false;
  reading.at += 1;
  return true;
}
