/** A moment for a reader whose time zone nobody knows: in UTC, and how far away it is. */
export function timeText(atMs: number, nowMs: number): string {
  const utc = new Date(atMs).toISOString().slice(0, "2026-11-21T03:14".length).replace("T", " ");
  // Not broken in two: "2" at a line's end and "h ago" below it reads badly on a phone.
  return `${utc} UTC (${distanceText(atMs - nowMs).replaceAll(" ", "\u00a0")})`;
}

function distanceText(ms: number): string {
  const text = durationText(Math.abs(ms));
  if (text === null) return "now";
  return ms < 0 ? `${text} ago` : `in ${text}`;
}

/** To the minute below a day, to the hour beyond it; null: less than a minute. */
function durationText(ms: number): string | null {
  const minutes = Math.floor(ms / 60_000);
  if (minutes === 0) return null;
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return together(days, "d", hours % 24, "h");
  return hours > 0 ? together(hours, "h", minutes % 60, "min") : `${minutes} min`;
}

function together(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
