/**
 * Is this text the rest of that one? When an answer broke off, another model
 * was asked to go on with it; models also begin anew, apologise, or say it all
 * again in other words. Nothing of theirs is shown before it is proven to
 * continue what the reader has: it says the last words again, as it was asked
 * to (and they are taken out), or it goes on in the middle of a sentence, or
 * with its own prefill, and does not restate the beginning. In doubt it is not
 * proven: an error is better than an answer that says something twice, or not
 * at all. docs/decisions/2026-11-21-the-seam.md
 */
import { folded, isOnlyAtEnd } from "./last-words.ts";
import { isUnspaced, likeness, mayBegin, restates, soundsLikePreamble } from "./restates.ts";

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
  /** The new answer is over, or something else than text follows. */
  end(): SeamVerdict;
}

export interface SeamOptions {
  /** All that the reader has. */
  readonly delivered: string;
  /** The model was given it, but for white space at its end, as the beginning of its own message: it goes on behind it. */
  readonly prefilled: boolean;
}

/** So much is looked at before a text without overlap is let through, white space apart. */
const CHECKED_CHARS = 160;
/** Of what goes on with a prefill, where it begins as no sentence does, or a character is a word. */
const CHECKED_CHARS_INSIDE = 64;
/** Room for the words that are repeated, and for what may be said before them. */
const MOST_HELD_CHARS = 1_000;
/** An overlap of fewer characters, white space apart, may be chance; so many of the beginning are none. */
const LEAST_OVERLAP = 24;
/** A beginning of fewer characters may well come again. */
const LEAST_BEGINNING = 8;
const FIRST_CHARS = 100;

const AGAIN = "it says the last words again";
const ANEW = "it begins the answer anew";
const WAIT: SeamVerdict = { kind: "wait" };

export function createSeam({ delivered, prefilled }: SeamOptions): Seam {
  const had = folded(delivered);
  const key = had.slice(-LEAST_OVERLAP);
  let held = "";
  let text = "";
  let refused = 0;

  function look(isOver: boolean): SeamVerdict {
    // Nothing had been said: anything goes on with it.
    if (had === "") return text === "" && !isOver ? WAIT : proven(held);
    const again = endOfLastWords();
    if (again > 0) {
      // The text itself says something twice, or the model does: both would be a guess.
      if (prefilled) return unproven(AGAIN);
      return isOver || again < text.length ? proven(held.slice(placeOf(again))) : WAIT;
    }
    const isShort = prefilled && (isUnspaced(text.slice(0, 1)) || !mayBegin(held, delivered));
    const enough = isShort ? CHECKED_CHARS_INSIDE : CHECKED_CHARS;
    if (!isOver && (text.length < enough || (!prefilled && mayOverlapYet()))) return WAIT;
    const why = doubt();
    return why === null ? proven(held) : unproven(why);
  }

  /** Where in `text` the words end that the reader has last, and has nowhere else; 0: they have not been said. */
  function endOfLastWords(): number {
    for (let at = text.indexOf(key, refused); at !== -1; at = text.indexOf(key, refused)) {
      const end = at + key.length;
      const start = end - sharedEnd(text.slice(0, end), had);
      if (prefilled ? start === 0 : isIntroduction(start) && isOnlyAtEnd(text.slice(start, end), had)) return end;
      refused = at + 1;
    }
    return 0;
  }

  /** Where so many characters of `text` end in `held`. */
  function placeOf(length: number): number {
    let at = 0;
    for (let left = length; left > 0; at++) left -= folded(held[at] ?? "-").length;
    return at;
  }

  /** Dots and quotes, or an apology: what comes before the last words is dropped, so it must say nothing else. */
  function isIntroduction(start: number): boolean {
    const before = held.slice(0, placeOf(start));
    return !/[\p{L}\p{N}]/u.test(before) || (key.length === LEAST_OVERLAP && soundsLikePreamble(before));
  }

  /** It apologises first, or it repeats more than the last words. */
  function mayOverlapYet(): boolean {
    const first = text.replace(/^[^\p{L}\p{N}]+/u, "").slice(0, LEAST_OVERLAP);
    return soundsLikePreamble(held) || had.slice(-MOST_HELD_CHARS).includes(first);
  }

  /** Null: nothing speaks against it. */
  function doubt(): string | null {
    if (soundsLikePreamble(held) && !(prefilled && /^\p{Ll}/u.test(held.trimStart())))
      return "it talks about the answer";
    const beginning = had.slice(0, LEAST_OVERLAP);
    if (beginning.length >= LEAST_BEGINNING && text.slice(0, MOST_HELD_CHARS).includes(beginning)) return ANEW;
    // A refrain, code and lists restate honestly, but they seldom begin as an answer does.
    if (!prefilled || mayBegin(held, delivered) ? restates(held, delivered) : beginsAsSmall()) return ANEW;
    if (prefilled) return saysHalfWordAgain() ? AGAIN : null;
    return isInside() && had.length >= LEAST_OVERLAP && !overlapsALittle() ? null : "it does not say the last words";
  }

  /** As code does, or a table's head: there only the very beginning tells. */
  function beginsAsSmall(): boolean {
    const areSmall = [held, delivered].every((whole) => /^\p{Ll}/u.test(whole));
    return areSmall && likeness(text.slice(0, FIRST_CHARS), had.slice(0, FIRST_CHARS)) >= 0.4;
  }

  /** One word of a sentence comes behind another, and between them no letter is lost. */
  function isInside(): boolean {
    return /[\p{Ll},](?:\s+\0|\0\s)\s*\p{Ll}/u.test(`${delivered.slice(-64)}\0${held.slice(0, 64)}`);
  }

  /** A word or two that both have at the seam: too few to be proof, too many to be shown twice. */
  function overlapsALittle(): boolean {
    for (let size = 2; size < key.length; size++) if (text.startsWith(key.slice(-size))) return true;
    return false;
  }

  function saysHalfWordAgain(): boolean {
    const half = /[\p{L}\p{N}]{2,}$/u.exec(delivered.slice(-64))?.[0] ?? "";
    return half !== "" && held.startsWith(half) && /^[\p{L}\p{N}]/u.test(held.slice(half.length));
  }

  /** White space that both have at the seam is written once. */
  function proven(next: string): SeamVerdict {
    const space = delivered.slice(delivered.trimEnd().length);
    if (next.startsWith(space)) return { kind: "proven", text: next.slice(space.length) };
    return { kind: "proven", text: next.replace(/^ +/, "") };
  }

  return {
    take(more) {
      held += more;
      text += folded(more);
      const verdict = look(false);
      return verdict === WAIT && held.length > MOST_HELD_CHARS ? unproven("it said nothing") : verdict;
    },
    end() {
      if (held.trim() === "" && !prefilled && had !== "") return unproven("it said nothing");
      return look(true);
    },
  };
}

function unproven(why: string): SeamVerdict {
  return { kind: "unproven", why };
}

function sharedEnd(text: string, other: string): number {
  let length = 0;
  while (length < text.length && length < other.length && text.at(-1 - length) === other.at(-1 - length)) length++;
  return length;
}
