import type { Attempt } from "../domain/attempt.ts";
import type { Route } from "../domain/route.ts";
import type { Trail } from "../chat/trail.ts";

/** Every header of ours, as `Access-Control-Expose-Headers` wants them; `Retry-After` is of use to pages too. */
export const LISBON_HEADERS = [
  "x-lisbon-request-id",
  "x-lisbon-route",
  "x-lisbon-tier",
  "x-lisbon-attempts",
  "x-lisbon-trail",
  "x-lisbon-notice",
  "x-lisbon-degraded",
  "x-lisbon-context",
  "x-lisbon-cache",
  "x-lisbon-job",
  "retry-after",
].join(", ");

/** A trail longer than this is cut: proxies refuse large headers. */
const MAX_TRAIL_CHARS = 2_000;

/** What the caller can see of a call, answered or not. */
export function replyHeaders(requestId: string, trail: Trail, route: Route | null): Record<string, string> {
  const headers: Record<string, string> = {
    "x-lisbon-request-id": requestId,
    "x-lisbon-attempts": String(trail.asked()),
    "x-lisbon-trail": trailText(trail),
  };
  if (route) {
    headers["x-lisbon-route"] = headerValue(route.id);
    headers["x-lisbon-tier"] = route.tier;
  }
  if (trail.contextPercent !== null) headers["x-lisbon-context"] = `${trail.contextPercent}%`;
  const { told: note } = trail;
  if (note?.degraded !== undefined) headers["x-lisbon-degraded"] = note.degraded;
  if (note?.from_cache) {
    headers["x-lisbon-cache"] = `${note.cache_similarity === 1 ? "exact" : "similar"}; age=${note.cache_age}`;
  }
  const notices = [...(note?.notice === undefined ? [] : [note.notice]), ...trail.notes()];
  if (notices.length > 0) headers["x-lisbon-notice"] = headerText(notices.join("; "));
  return headers;
}

function trailText(trail: Trail): string {
  const text = trail.all().map(told).join(", ");
  if (text.length <= MAX_TRAIL_CHARS) return text;
  return `${text.slice(0, text.lastIndexOf(", ", MAX_TRAIL_CHARS))}, ...`;
}

/** Such as `hot/openai/gpt-4o=server_error;status=500;ms=12`. */
function told(attempt: Attempt): string {
  const name = `${headerValue(attempt.routeId)}=${attempt.result}`;
  if (attempt.result === "skipped") return `${name};why=${headerValue(attempt.why)}`;
  if (attempt.result === "flawed") return `${name};check=${attempt.check}`;
  const check = "check" in attempt && attempt.check !== undefined ? `;check=${attempt.check}` : "";
  const status = "status" in attempt && attempt.status !== undefined ? `;status=${attempt.status}` : "";
  return `${name}${status}${check};ms=${Math.round(attempt.ms)}`;
}

/** Only what a header may hold: a route's id comes from the map, a parameter's name from the caller. */
function headerValue(text: string): string {
  return text.replace(/[^\x21-\x7e]|[,;=]/g, "_");
}

/** A header holds ASCII only: other text is written as `encodeURIComponent` would, for `decodeURIComponent` to read. */
export function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.toWellFormed().replace(/[^\x20-\x7e]|%/gu, encodeURIComponent);
}
