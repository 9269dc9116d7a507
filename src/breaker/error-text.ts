import type { Failure } from "../domain/failure.ts";

/**
 * What is kept of an error: its status and a hash of its normalised text.
 * Enough to tell two errors apart, and nothing of what the provider said,
 * which may repeat a prompt or a key.
 */
export function errorMark({ status, detail }: Pick<Failure, "status" | "detail">): string {
  return `${status ?? "-"} #${hashOf(normaliseErrorText(detail)).toString(16).padStart(8, "0")}`;
}

/** FNV-1a, 32 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Enough to tell errors apart, little enough to send and store. */
const LONGEST = 120;

/**
 * An error's text less what differs between two occurrences of the same error:
 * ids, numbers and times. What is left is what the same-error rule compares.
 */
export function normaliseErrorText(text: string): string {
  return text
    .slice(0, 600)
    .toLowerCase()
    .replace(TIME, "#")
    .replace(UUID, "#")
    .replace(ID, "#")
    .replace(NUMBER, "#")
    .replace(/#(?:[\s.:,/_-]*#)+/g, "#")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, LONGEST);
}

const TIME = /\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?/g;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** `req_011CS…`, `chatcmpl-9xY…`, a hash: a word of eight letters or more with a digit in it. */
const ID = /\b(?=[a-z_-]*\d)[a-z0-9_-]{8,}\b/g;
const NUMBER = /\d+(?:[.,]\d+)*/g;
