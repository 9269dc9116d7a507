/** What a human is told about the service as a whole, in words. */
import type { Notice } from "../domain/notice.ts";
import { QUIET_NOTICE } from "../domain/notice.ts";
import type { NoticeSettings } from "../domain/routing.ts";
import { durationText, utcText } from "../lib/time-words.ts";
import type { WatchedRoute } from "./service-watch.ts";

const LOOK = "GET /admin/breakers says how every route stands and why.";
const PROBED = "open routes are probed by themselves, and close when they answer";

export function warmServing(routeId: string, ill: readonly WatchedRoute[], now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "warm_serving",
    key: "warm_serving",
    title: "Warm is serving in place of Hot",
    why: `${routeId} has answered while ${namesOf(ill)} ${ill.length === 1 ? "fails" : "fail"} or ${ill.length === 1 ? "is" : "are"} out.`,
    nextAction: `Nothing for the callers: they are answered. ${LOOK}`,
    retryWindow: PROBED,
    atMs: now,
  };
}

export function warmEnded(sinceMs: number, now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "warm_ended",
    key: "warm_serving",
    closes: true,
    title: "Warm has ceased to serve",
    why: `Hot answers again, or nobody asks any more. It was ${durationText(now - sinceMs)}.`,
    nextAction: "Nothing.",
    atMs: now,
  };
}

export function paidServing(routeId: string, ill: readonly WatchedRoute[], now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "paid_serving",
    key: "paid_serving",
    title: "A paid route serves what a free or local one used to",
    why: `${routeId} has answered while ${namesOf(ill)}, which cost nothing, fail or are out.`,
    nextAction: `Decide whether that may cost money; if not, switch the route off with POST /admin/flags. ${LOOK}`,
    retryWindow: PROBED,
    atMs: now,
  };
}

export function paidEnded(sinceMs: number, now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "paid_ended",
    key: "paid_serving",
    closes: true,
    title: "The paid route has ceased to stand in",
    why: `A free or local one answers again, or nobody asks any more. It was ${durationText(now - sinceMs)}.`,
    nextAction: "Nothing.",
    atMs: now,
  };
}

export function everythingDown(routes: readonly WatchedRoute[], now: number): Notice {
  const moments = routes.flatMap(({ backAtMs, killed }) => (backAtMs === null || killed ? [] : [backAtMs]));
  return {
    ...QUIET_NOTICE,
    kind: "everything_down",
    key: "everything_down",
    title: "Everything is down: no route can serve",
    why: `All ${routes.length} routes are open, out or switched off.`,
    nextAction: `Look at the providers' status pages; see docs/runbook.md. ${LOOK}`,
    retryWindow: moments.length === 0 ? null : `from ${utcText(Math.min(...moments))} on: ${PROBED}`,
    atMs: now,
  };
}

/** As `everythingDown`, of kinds whose routes are not all open: told and ended as one with it. */
export function everyStepFailed(kinds: readonly string[], againMs: number, now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "everything_down",
    key: "everything_down",
    title: `Every step has failed: ${kinds.join(", ")}`,
    why: "Three calls in a row asked every route in vain. Callers are told so at once, or their calls are parked.",
    nextAction: `Look at the providers' status pages; see docs/runbook.md. ${LOOK}`,
    retryWindow: `from ${utcText(againMs)} on one call at a time asks again`,
    atMs: now,
  };
}

export function everythingBack(sinceMs: number, now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "everything_back",
    key: "everything_down",
    closes: true,
    title: "A route can serve again",
    why: `Nothing could for ${durationText(now - sinceMs)}.`,
    nextAction: "Nothing: parked work goes on by itself.",
    atMs: now,
  };
}

export function degradedForLong(sinceMs: number, { clientMessage }: NoticeSettings, now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "degraded_long",
    key: "degraded_long",
    title: `Degraded for ${durationText(now - sinceMs)}`,
    why: `Since ${utcText(sinceMs)} a Hot route is out, Warm serves, or nothing can.`,
    nextAction: `Tell your clients; the text below is ready to be pasted. ${LOOK}`,
    retryWindow: PROBED,
    atMs: now,
    clientMessage: clientMessage ?? clientMessageSince(sinceMs),
  };
}

export function allClear(sinceMs: number, wellMs: number, { clientMessage }: NoticeSettings, now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "degraded_long",
    key: "degraded_long",
    closes: true,
    title: "No longer degraded",
    why: `All is well since ${utcText(wellMs)}; it was degraded for ${durationText(wellMs - sinceMs)}.`,
    nextAction: "Tell your clients, if you told them before.",
    atMs: now,
    // A message of the map's own may be in any language; nobody can say in it that it is over.
    clientMessage: clientMessage === null ? `Since ${utcText(wellMs)} our AI features work as usual again.` : null,
  };
}

function clientMessageSince(sinceMs: number): string {
  return (
    `Since ${utcText(sinceMs)} our AI features have been answering more slowly than usual, and some answers come ` +
    "later. We are working on it and will write again when it is over. If a request fails, please try it again in a " +
    "few minutes."
  );
}

const MOST_NAMED = 5;

function namesOf(routes: readonly WatchedRoute[]): string {
  const names = routes.slice(0, MOST_NAMED).map(({ id }) => id);
  return routes.length > MOST_NAMED ? `${names.join(", ")} and ${routes.length - MOST_NAMED} more` : names.join(", ");
}
