import type { OnCall } from "../domain/routing.ts";
import { localTime, nextTimes } from "./local-time.ts";

/** Whom a notice names, and how late it is there. */
export interface OnDuty {
  readonly name: string;
  readonly contact: string;
  readonly tz: string;
  /** Such as `Fri 14:05`. */
  readonly localTime: string;
  /** Null: on duty now. Otherwise nobody (further) is, and this person's hours begin next. */
  readonly begins: { readonly atMs: number; readonly localTime: string } | null;
}

/**
 * Who is on call, in the rota's order; after those on duty come the others, by
 * whose hours begin next. `reminders` passes over so many of them, and begins
 * again at the end. Null: the rota is empty.
 */
export function onDuty(rota: readonly OnCall[], now: number, reminders = 0): OnDuty | null {
  const people = rota.map((person) => ({ person, beginsMs: beginsMs(person, now) }));
  const inTurn = people.toSorted((left, right) => (left.beginsMs ?? now) - (right.beginsMs ?? now));
  const chosen = inTurn[reminders % Math.max(1, inTurn.length)];
  if (chosen === undefined) return null;
  const { name, contact, tz } = chosen.person;
  const begins =
    chosen.beginsMs === null ? null : { atMs: chosen.beginsMs, localTime: localTime(tz, chosen.beginsMs).text };
  return { name, contact, tz, localTime: localTime(tz, now).text, begins };
}

/** Null: on duty now. */
function beginsMs({ hours, tz }: OnCall, now: number): number | null {
  if (hours === null || isWithin(hours, localTime(tz, now).minuteOfDay)) return null;
  return nextTimes(tz, hours.fromMinute, now)[0] ?? now;
}

/** From after to: over midnight. The same twice: around the clock. */
function isWithin({ fromMinute, toMinute }: NonNullable<OnCall["hours"]>, minute: number): boolean {
  if (fromMinute === toMinute) return true;
  if (fromMinute < toMinute) return minute >= fromMinute && minute < toMinute;
  return minute >= fromMinute || minute < toMinute;
}
