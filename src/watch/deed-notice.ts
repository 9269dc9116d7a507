/** What a human hears of what the watchdog has done: what, why, until when, and how to undo it. */
import { QUIET_NOTICE, type Notice } from "../domain/notice.ts";
import { assertNever } from "../lib/assert-never.ts";
import type { Deed, EndReason } from "./actions.ts";
import type { Preference } from "./held.ts";

type Words = Pick<Notice, "key" | "closes" | "title" | "why" | "nextAction">;

/**
 * One for each deed; what is the same for several kinds is told in one, and its end with the last of them. `atMs`:
 * milliseconds since 1970. `lasting`: what is preferred after the deeds.
 */
export function deedNotices(deeds: readonly Deed[], atMs: number, lasting: readonly Preference[]): readonly Notice[] {
  const open = new Set(lasting.map(preferenceKey));
  const told = deeds.filter((deed) => deed.do !== "prefer_free_ended" || !open.has(preferenceKey(deed)));
  const same = Map.groupBy(told, (deed) => JSON.stringify({ ...deed, kind: null }));
  return [...same.values()].flatMap((group) => {
    const [deed] = group;
    if (deed === undefined) return [];
    const { key, ...words } = wordsOf(
      deed,
      group.flatMap((each) => ("kind" in each ? [each.kind] : [])),
    );
    return [{ ...QUIET_NOTICE, ...words, kind: "watch" as const, key: `watch:${key}`, atMs }];
  });
}

function wordsOf(deed: Deed, kinds: readonly string[]): Words {
  switch (deed.do) {
    case "prefer_free": {
      const { routeId, instead, why, untilMs } = deed;
      return {
        key: preferenceKey(deed),
        closes: false,
        title: `The watchdog has put ${routeId} first for ${listed(kinds)}`,
        why: `${why}; by the map ${instead} is first`,
        nextAction: `Nothing: it ends by itself, at ${new Date(untilMs).toISOString()} or when that route is no longer well. At once: npx lisbon watch --release ${kinds.length > 1 ? "KIND" : deed.kind}.`,
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
        key: preferenceKey(deed),
        closes: true,
        title: `Over: ${deed.routeId} is no longer put first for ${listed(kinds)}`,
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

/** Of those that began together: notices of one key are gathered, and the end of one of them ends them all. */
function preferenceKey({ routeId, instead, untilMs }: Pick<Preference, "routeId" | "instead" | "untilMs">): string {
  return `prefer_free:${routeId}:${instead}:${untilMs}`;
}

const MOST_KINDS = 5;

function listed(kinds: readonly string[]): string {
  const more = kinds.length - MOST_KINDS;
  return kinds.slice(0, MOST_KINDS).join(", ") + (more > 0 ? ` and ${more} more` : "");
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
