/** A time zone's own clock, by the platform's tables: daylight saving time is theirs to know. */
export interface LocalTime {
  /** Such as `Fri 14:05`. */
  readonly text: string;
  readonly minuteOfDay: number;
  /** What that clock and calendar would be in UTC: two of them can be subtracted. */
  readonly asUtcMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export function localTime(tz: string, atMs: number): LocalTime {
  const parts = new Intl.DateTimeFormat("en-GB", { ...FIELDS, timeZone: tz }).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? "";
  const [hour, minute] = [Number(part("hour")), Number(part("minute"))];
  return {
    text: `${part("weekday")} ${part("hour")}:${part("minute")}`,
    minuteOfDay: hour * 60 + minute,
    asUtcMs: Date.UTC(Number(part("year")), Number(part("month")) - 1, Number(part("day")), hour, minute),
  };
}

/** The moments within the next two days, soonest first, at which this clock comes to `minuteOfDay`, or jumps over it. */
export function nextTimes(tz: string, minuteOfDay: number, afterMs: number): readonly number[] {
  const today = Math.floor(localTime(tz, afterMs).asUtcMs / DAY_MS) * DAY_MS;
  return [0, 1, 2]
    .flatMap((day) => momentsOf(tz, today + day * DAY_MS + minuteOfDay * MINUTE_MS))
    .filter((moment) => moment > afterMs)
    .toSorted((left, right) => left - right);
}

/** Usually one. Two where the clock is put back over it; the end of the gap where it is put forward over it. */
function momentsOf(tz: string, asUtcMs: number): readonly number[] {
  // No zone changes its offset twice in two days.
  const guesses = new Set([asUtcMs - offsetMs(tz, asUtcMs - DAY_MS), asUtcMs - offsetMs(tz, asUtcMs + DAY_MS)]);
  const exact = [...guesses].filter((moment) => localTime(tz, moment).asUtcMs === asUtcMs);
  return exact.length > 0 ? exact : [endOfGap(tz, asUtcMs, Math.max(...guesses))];
}

function endOfGap(tz: string, asUtcMs: number, afterGapMs: number): number {
  let moment = afterGapMs;
  while (localTime(tz, moment - MINUTE_MS).asUtcMs > asUtcMs) moment -= MINUTE_MS;
  return moment;
}

function offsetMs(tz: string, atMs: number): number {
  return localTime(tz, atMs).asUtcMs - Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}

const FIELDS: Intl.DateTimeFormatOptions = {
  weekday: "short",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
};
