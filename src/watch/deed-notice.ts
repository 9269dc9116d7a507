/** What a human hears of what the watchdog has done: what, why, until when, and how to undo it. */
import { QUIET_NOTICE, type Notice } from "../domain/notice.ts";
import { assertNever } from "../lib/assert-never.ts";
import type { Deed, EndReason } from "./actions.ts";

type Words = Pick<Notice, "key" | "closes" | "title" | "why" | "nextAction">;

/** `atMs`: milliseconds since 1970. */
export function deedNotice(deed: Deed, atMs: number): Notice {
  const { key, ...words } = wordsOf(deed);
  return { ...QUIET_NOTICE, ...words, kind: "watch", key: `watch:${key}`, atMs };
}

function wordsOf(deed: Deed): Words {
  switch (deed.do) {
    case "prefer_free": {
      const { kind, routeId, instead, why, untilMs } = deed;
      return {
        key: `prefer_free:${kind}`,
        closes: false,
        title: `The watchdog has put ${routeId} first for ${kind}`,
        why: `${why}; by the map ${instead} is first`,
        nextAction: `Nothing: it ends by itself, at ${new Date(untilMs).toISOString()} or when that route is no longer well. At once: npx lisbon watch --release ${kind}.`,
      };
    }
    case "kill":
      return {
        key: `kill:${deed.routeId}`,
        closes: false,
        title: `The watchdog has switched off ${deed.routeId}`,
        why: `${deed.why}, for the second time within an hour`,
        nextAction: `It stays off. Mend its model, address or key, then npx lisbon routes revive ${deed.routeId}.`,
      };
    case "pause":
      return {
        key: `pause:${deed.provider}`,
        closes: false,
        title: `The watchdog has paused ${deed.provider}`,
        why: `${deed.why}, and its provider names no reset`,
        nextAction: `It stays paused. Look at its balance and quota, then npx lisbon resume ${deed.provider}.`,
      };
    case "prefer_free_ended":
      return {
        key: `prefer_free:${deed.kind}`,
        closes: true,
        title: `Over: ${deed.routeId} is no longer put first for ${deed.kind}`,
        why: ENDED[deed.why],
        nextAction: NOTHING,
      };
    case "kill_ended":
      return over(`kill:${deed.routeId}`, `${deed.routeId} is switched on again`);
    case "pause_ended":
      return over(`pause:${deed.provider}`, `${deed.provider} is resumed`);
    default:
      return assertNever(deed);
  }
}

const NOTHING = "Nothing: the map's order counts again.";

const ENDED: Readonly<Record<EndReason, string>> = {
  time_is_over: "its time is over",
  not_closed: "it is no longer well itself",
  switched_off: "somebody has switched it off, or Warm, or it has left the map",
  not_allowed: "the map no longer allows it",
  released: "somebody has ended it",
};

function over(key: string, what: string): Words {
  return { key, closes: true, title: `Over: ${what}`, why: "somebody has done so", nextAction: "Nothing." };
}
