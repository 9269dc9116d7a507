/** Moments and spans of time as people read them. */

/** `2026-11-20 14:05 UTC` */
export function utcText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** `42 s`, `12 min`, `3 h 20 min`, `2 d 4 h` */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return together(`${hours} h`, minutes % 60, "min");
  return together(`${Math.floor(hours / 24)} d`, hours % 24, "h");
}

function together(whole: string, rest: number, unit: string): string {
  return rest === 0 ? whole : `${whole} ${rest} ${unit}`;
}
