/**
 * Is this text the rest of that one? When an answer broke off, another model
 * was asked to go on with it; models also begin anew, apologise, or say it all
 * again in other words. Nothing of theirs is shown before it is proven to
 * continue what the reader has: it overlaps with the last words (and the
 * overlap is taken out), or its first 200 characters do not restate the
 * beginning. In doubt it is not proven: an error is better than an answer that
 * says everything twice. docs/decisions/2026-11-21-the-seam.md
 */
import { beginsAlike, isUnspaced, restates, soundsLikePreamble } from "./restates.ts";

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
    if (restates(held, delivered) && (!prefilled || beginsAlike(held, delivered) || beginsInside(held, delivered))) {
      return unproven("it begins the answer anew");
    }
    return prefilled ? proven(joined(delivered, held)) : goesOn();
  }

  /** Asked in words, and without the overlap that it was asked for: a word or two of it may be there. */
  function goesOn(): SeamVerdict {
    if (isShort) return unproven("too little had been said to tell");
    const again = shortOverlapEnd(held, delivered);
    if (again !== null) return proven(spacedOnce(delivered, held.slice(again)));
    const seam = (delivered.at(-1) ?? "") + (held[0] ?? "");
    if (!/\s/.test(seam) && !isUnspaced(seam)) return unproven("it may go on in the middle of a word or a line");
    if (beginsInside(held, delivered)) return unproven("it begins a sentence");
    return proven(spacedOnce(delivered, held));
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
  for (let at = text.indexOf(key); at !== -1; at = text.indexOf(key, at + 1)) {
    const end = at + key.length;
    if (!isLastPlace(text.slice(0, end), tail, key)) continue;
    return end === text.length && !isOver ? "maybe" : (ends[end - 1] ?? 0);
  }
  // The beginning of an answer this short may still become the last words.
  return !isOver && text.length < LEAST_OVERLAP && tail.includes(text) ? "maybe" : null;
}

/** Does this end in the words that the reader has last, or in an earlier place where the answer said the same? */
function isLastPlace(text: string, tail: string, key: string): boolean {
  const here = sharedEnd(text, tail);
  for (let at = tail.indexOf(key); at !== -1 && at + key.length < tail.length; at = tail.indexOf(key, at + 1)) {
    if (sharedEnd(text, tail.slice(0, at + key.length)) > here) return false;
  }
  return true;
}

function sharedEnd(text: string, other: string): number {
  let length = 0;
  while (length < text.length && length < other.length && text.at(-1 - length) === other.at(-1 - length)) length++;
  return length;
}

/** One or two words that both have at the seam, too few to be proof; null: none. */
function shortOverlapEnd(held: string, delivered: string): number | null {
  for (let size = Math.min(held.length, 4 * LEAST_OVERLAP); size >= 3; size--) {
    const start = held.slice(0, size);
    if (delivered.endsWith(start) && /(?:^|\s)$/.test(delivered.slice(0, -size))) return size;
  }
  return null;
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

/** A sentence begins where another has not ended. */
function beginsInside(held: string, delivered: string): boolean {
  return /[\p{Ll}\p{N},–—-]\s*$/u.test(delivered.slice(-8)) && /^\s*\p{Lu}/u.test(held);
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
