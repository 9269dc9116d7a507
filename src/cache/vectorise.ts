/**
 * The embedded vectoriser: no model, no network, a few KB. Words, pairs of neighbouring words and pieces of words of
 * three letters are hashed into 512 places, each with a sign so that collisions cancel out on the average. It knows what
 * a question is written with, not what it means: docs/decisions/2026-11-21-the-embedded-vectoriser.md.
 */
import { askedWords, languageOf } from "./asked-words.ts";
import { LANGUAGES, TELLING } from "./small-words.ts";
import { tokensOf } from "./tokens.ts";

/** The name of its vectors: another version of this file has another one. */
export const EMBEDDED = "embedded-1";

const DIMENSIONS = 512;

export function embeddedVector(text: string): Int8Array | null {
  const sums = new Float32Array(DIMENSIONS);
  const tokens = tokensOf(text);
  let before = "";
  for (const word of askedWords(tokens, languageOf(tokens))) {
    const weight = weightOf(word);
    add(sums, `w ${word}`, weight);
    if (before !== "") add(sums, `p ${before} ${word}`, PAIR * Math.min(weight, weightOf(before)));
    if (weight === 1) addPieces(sums, word);
    before = word;
  }
  return quantised(sums);
}

/** As one byte for each dimension, the largest of them 127; the length does not matter to a cosine. Null: all are zero. */
export function quantised(vector: ArrayLike<number>): Int8Array | null {
  let most = 0;
  for (let place = 0; place < vector.length; place++) most = Math.max(most, Math.abs(vector[place] ?? 0));
  if (!(most > 0) || !Number.isFinite(most)) return null;
  const bytes = new Int8Array(vector.length);
  for (let place = 0; place < bytes.length; place++) bytes[place] = Math.round(((vector[place] ?? 0) / most) * 127);
  return bytes;
}

export function cosine(one: Int8Array, other: Int8Array): number {
  let dot = 0;
  let left = 0;
  let right = 0;
  for (let place = 0; place < one.length; place++) {
    const here = one[place] ?? 0;
    const there = other[place] ?? 0;
    dot += here * there;
    left += here * here;
    right += there * there;
  }
  return one.length !== other.length || left === 0 || right === 0 ? 0 : dot / Math.sqrt(left * right);
}

/** Chosen on the tuning part of test/fixtures/similar/pairs.json. */
const SMALL = 0.3;
const FACT = 1.5;
const PAIR = 0.3;
const PIECES = 0.6;

const SMALL_WORDS: ReadonlySet<string> = new Set(LANGUAGES.flatMap((language) => [...TELLING[language]]));

function weightOf(word: string): number {
  if (SMALL_WORDS.has(word)) return SMALL;
  return /^\p{L}/u.test(word) ? 1 : FACT;
}

/** So that a long word does not weigh more than a short one. */
function addPieces(sums: Float32Array, word: string): void {
  const padded = ` ${word} `;
  const each = PIECES / Math.sqrt(padded.length - 2);
  for (let from = 0; from + 3 <= padded.length; from++) add(sums, `c ${padded.slice(from, from + 3)}`, each);
}

function add(sums: Float32Array, feature: string, weight: number): void {
  const hash = hashOf(feature);
  const place = hash % DIMENSIONS;
  sums[place] = (sums[place] ?? 0) + (hash & 0x10000 ? weight : -weight);
}

/** FNV-1a over UTF-16 units, stirred once more, for its low bits alone are poor. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
