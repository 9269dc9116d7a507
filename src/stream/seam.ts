/**
 * Is this text the rest of that one? When an answer broke off, another model
 * was asked to go on with it; models also begin anew, apologise, or say it all
 * again in other words. Nothing of theirs is shown before it is proven to
 * continue what the reader has: it overlaps with the last words (and the
 * overlap is taken out), or its first 200 characters do not restate the
 * beginning. In doubt it is not proven: an error is better than an answer that
 * says everything twice. docs/decisions/2026-11-21-the-seam.md
 */
import { restates, soundsLikePreamble } from "./restates.ts";

export type SeamVerdict =
  /** It is held back: more must be seen. */
  | { readonly kind: "wait" }
  /** This may be written, and everything after it. */
  | { readonly kind: "proven"; readonly text: string }
  /** Nothing of it may be. */
  | { readonly kind: "unproven"; readonly why: string };

export interface Seam {
  /** The next text of the new answer. */
  take(text: string): SeamVerdict;
  /** The new answer is over. */
  end(): SeamVerdict;
}

export interface SeamOptions {
  /** All that the reader has. */
  readonly delivered: string;
  /** The model was given it as the beginning of its own message: it goes on behind it, without overlap. */
  readonly prefilled: boolean;
}

/** So much is looked at before a text without overlap is let through, in UTF-16 units. */
const CHECKED_CHARS = 200;
/** A model with a prefill goes on with the very same message: so much tells a restart. */
const CHECKED_CHARS_PREFILLED = 80;
/** Room for the words that are repeated, and for what may be said before them. */
const MOST_HELD_CHARS = 400;
/** An overlap of fewer characters, white space apart, may be chance. */
const LEAST_OVERLAP = 12;

export function createSeam({ delivered, prefilled }: SeamOptions): Seam {
  const tail = squeezed(delivered.slice(-2 * MOST_HELD_CHARS));
  const isShort = squeezed(delivered.slice(0, 200)).text.length < LEAST_OVERLAP * 2;
  let held = "";

  function look(isOver: boolean): SeamVerdict {
    const overlap = overlapEnd(held, tail.text, delivered.length < MOST_HELD_CHARS, isOver);
    if (overlap === "maybe") return { kind: "wait" };
    if (overlap !== null) return proven(spacedOnce(delivered, held.slice(overlap)));
    const enough = prefilled ? CHECKED_CHARS_PREFILLED : CHECKED_CHARS;
    if (!isOver && held.length < enough) return { kind: "wait" };
    if (held.trim() === "") return prefilled ? proven("") : unproven("it said nothing");
    if (soundsLikePreamble(held)) {
      // What follows a preamble may still overlap.
      if (!isOver && !prefilled && held.length < MOST_HELD_CHARS) return { kind: "wait" };
      return unproven("it talks about the answer");
    }
    if (restates(held, delivered)) return unproven("it begins the answer anew");
    return prefilled ? proven(joined(delivered, held)) : goesOn();
  }

  /** Asked in words, and without the overlap that it was asked for. */
  function goesOn(): SeamVerdict {
    if (isShort) return unproven("too little had been said to tell");
    const before = delivered.at(-1) ?? "";
    const after = held[0] ?? "";
    if (isSpacedLetter(before) && isSpacedLetter(after)) return unproven("it may go on in the middle of a word");
    if (/[\p{Ll}\p{N},–—-]\s*$/u.test(delivered) && /^\s*\p{Lu}/u.test(held)) return unproven("it begins a sentence");
    return proven(joined(delivered, held));
  }

  return {
    take(text) {
      held += text;
      return look(false);
    },
    end: () => look(true),
  };
}

function proven(text: string): SeamVerdict {
  return { kind: "proven", text };
}

function unproven(why: string): SeamVerdict {
  return { kind: "unproven", why };
}

/** Where the new words begin; null: nothing overlaps; `maybe`: what is here may become an overlap, or a longer one. */
function overlapEnd(held: string, tail: string, tailIsAll: boolean, isOver: boolean): number | "maybe" | null {
  const { text, ends } = squeezed(held);
  const key = tail.slice(-LEAST_OVERLAP);
  if (key.length < LEAST_OVERLAP) {
    // Little was said: only all of it, from its beginning, is proof.
    if (!tailIsAll || tail === "") return null;
    if (text.startsWith(tail)) return text.length > tail.length || isOver ? (ends[tail.length - 1] ?? 0) : "maybe";
    return !isOver && tail.startsWith(text) ? "maybe" : null;
  }
  const at = text.indexOf(key);
  // A beginning of the key at the end of what is here may become the key.
  if (at === -1) return !isOver && text.length < LEAST_OVERLAP && tail.includes(text) ? "maybe" : null;
  const end = at + key.length;
  // It must end in the very words that the reader has last, and not run through an earlier place of theirs.
  const runsOn = tail.indexOf(text.slice(at, end + 1)) !== -1 && end < text.length;
  if (end === text.length && !isOver) return "maybe";
  return runsOn ? null : (ends[end - 1] ?? 0);
}

interface Squeezed {
  readonly text: string;
  /** For each character of it, where it ends in the whole. */
  readonly ends: readonly number[];
}

/** Without white space, which models change at will. */
function squeezed(whole: string): Squeezed {
  let text = "";
  const ends: number[] = [];
  for (let at = 0; at < whole.length; at++) {
    const unit = whole[at] ?? "";
    if (unit.trim() === "") continue;
    text += unit;
    ends.push(at + 1);
  }
  return { text, ends };
}

/** White space that both have at the seam is written once. */
function spacedOnce(delivered: string, next: string): string {
  const space = /\s*$/.exec(delivered)?.[0] ?? "";
  if (space !== "" && next.startsWith(space)) return next.slice(space.length);
  return space === "" ? next : next.replace(/^ +/, "");
}

/** So is half a word that the new text begins with again. */
function joined(delivered: string, next: string): string {
  const half = /[\p{L}\p{N}]{2,}$/u.exec(delivered)?.[0] ?? "";
  const word = /^[\p{L}\p{N}]+/u.exec(next)?.[0] ?? "";
  const again = half !== "" && word.length > half.length && word.startsWith(half);
  return again ? next.slice(half.length) : spacedOnce(delivered, next);
}

/** A letter of a script that puts spaces between its words. */
function isSpacedLetter(unit: string): boolean {
  return (
    /[\p{L}\p{N}]/u.test(unit) && !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(unit)
  );
}
