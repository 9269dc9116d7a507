/** Why a route stands as it does, in a line. Empty: there is nothing to say. */
import type { Acting, RouteOverview } from "./view.ts";
import { clock, duration, plain } from "./words.ts";

/** `acting`: undefined where it is not known. `now`: milliseconds since 1970. */
export function whyOf(route: RouteOverview, acting: Acting | undefined, now: number): string {
  if (route.status === "killed") return killedText(route.id, acting, now);
  const kinds = acting?.preferred.filter((each) => each.route === route.id && each.untilMs > now) ?? [];
  const first = kinds.length === 0 ? "" : `Put first by the watchdog for ${kinds.map(({ kind }) => kind).join(", ")}.`;
  return [first, standsText(route, now)].filter(Boolean).join(" ");
}

function killedText(id: string, acting: Acting | undefined, now: number): string {
  const killed = acting?.killed.find(({ route }) => route === id);
  if (killed === undefined) return "Switched off by an operator.";
  const { atMs, why } = killed;
  return `Switched off by the watchdog at ${clock(atMs, now)}${why === undefined ? "" : `: ${why}`}. Only a person switches it on.`;
}

function standsText(route: RouteOverview, now: number): string {
  const { why, sinceMs, untilMs, nearLimitUntilMs, slowUntilMs, lowQualityUntilMs, lastError } = route;
  const parts: string[] = [];
  if (why !== null) parts.push(plain(why));
  if (sinceMs !== null) parts.push(`for ${duration(now - sinceMs)}`);
  if (untilMs !== null && untilMs > now) parts.push(`next look in ${duration(untilMs - now)}`);
  if (parts.length > 0) return `${parts.join(", ")}.`;
  if (nearLimitUntilMs !== null)
    return `Near its provider's rate limit for ${duration(nearLimitUntilMs - now)} more: tried last.`;
  if (lowQualityUntilMs !== null)
    return `Its answers were found bad: tried last for ${duration(lowQualityUntilMs - now)} more.`;
  if (slowUntilMs !== null) return `Slower than usual: tried after the others for ${duration(slowUntilMs - now)} more.`;
  return lastError === null ? "" : `Last failure: ${plain(lastError.kind)}.`;
}
