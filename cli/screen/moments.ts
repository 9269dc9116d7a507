import { durationText } from "../../src/lib/time-words.ts";

/** `4 min ago`, `in 2 h`; `now` within a second of it. */
export function fromNow(atMs: number, nowMs: number): string {
  const ms = atMs - nowMs;
  if (Math.abs(ms) < 1000) return "now";
  return ms < 0 ? `${durationText(-ms)} ago` : `in ${durationText(ms)}`;
}

/** As programs read it; null stays null. */
export function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
