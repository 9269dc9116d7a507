/** How times, amounts and states are written for people. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `12 s`, `3 min`, `2 h 5 min`, `4 d`. */
export function duration(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms >= DAY) return `${Math.floor(ms / DAY)} d`;
  const minutes = Math.floor((ms % HOUR) / MINUTE);
  return minutes === 0 ? `${Math.floor(ms / HOUR)} h` : `${Math.floor(ms / HOUR)} h ${minutes} min`;
}

/** `2026-11-21 03:14:07`, in the reader's own time zone. */
export function moment(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * MINUTE);
  return local.toISOString().slice(0, 19).replace("T", " ");
}

/** `03:14:07` of the day that it is, else with its date. */
export function clock(ms: number, now: number): string {
  const [told, today] = [moment(ms), moment(now).slice(0, 10)];
  return told.startsWith(today) ? told.slice(11) : told;
}

export function milliseconds(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}

/** To the cent; below ten cents with two digits that say something. */
export function dollars(micros: number): string {
  const usd = micros / 1_000_000;
  if (usd === 0 || Math.abs(usd) >= 0.1) return `$${usd.toLocaleString("en-US", CENTS)}`;
  return `$${Number(usd.toPrecision(2)).toFixed(Math.min(6, 1 - Math.floor(Math.log10(Math.abs(usd)))))}`;
}

const CENTS = { minimumFractionDigits: 2, maximumFractionDigits: 2 } as const;

/** `rate_limited` reads `rate limited`. */
export function plain(name: string): string {
  return name.replaceAll("_", " ");
}

/** `calls of draft-email`; `auto` is for calls that name no kind. */
export function callsOf(kind: string): string {
  return kind === "auto" ? "calls of no kind (auto)" : `calls of ${kind}`;
}

/** By whom something was paused. */
export const PAUSED_BY = {
  alert: "a budget alert",
  hand: "hand, in Redis",
  operator: "an operator",
  watchdog: "the watchdog",
} as const;

/** `Europe/Lisbon (GMT+1)`: the zone in which this page writes times. */
export function zone(atMs: number): string {
  const format = new Intl.DateTimeFormat("en-GB", { timeZoneName: "shortOffset" });
  const offset = format.formatToParts(atMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
  return `${format.resolvedOptions().timeZone} (${offset})`;
}
