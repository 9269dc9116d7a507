/** What a change means for what the watchdog does by itself, in words. */
import type { WatchdogAction } from "../../src/domain/watchdog.ts";
import type { PutFirst, WatchdogChange } from "./compare-watchdog.ts";

export function watchdogLines({ allowed, forbidden, holdMinutes, putFirst }: WatchdogChange): readonly string[] {
  return [
    ...allowed.map((action) => `+ ${action}: it may ${MEANINGS[action]}`),
    ...forbidden.map((action) => `- ${action}: it does no longer ${MEANINGS[action]}`),
    ...(holdMinutes === null
      ? []
      : [`what it puts first stays so for at most ${holdMinutes.after} min, in place of ${holdMinutes.before} min`]),
    ...putFirst.map(putFirstLine),
  ];
}

const MEANINGS: Readonly<Record<WatchdogAction, string>> = {
  prefer_free: "put a healthy free or local route first for a kind whose first route is in trouble",
  kill: "switch off a route that the same error opens twice within an hour, until a person switches it on",
  pause: "pause a provider whose account is out of credit or quota, until a person resumes it",
};

function putFirstLine({ kinds, before, after }: PutFirst): string {
  return `${kinds.join(", ")}: it may put first ${names(after)}, in place of ${names(before)}`;
}

function names(ids: readonly string[]): string {
  return ids.length === 0 ? "nobody" : ids.join(" or ");
}
