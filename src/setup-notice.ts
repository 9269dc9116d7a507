import { QUIET_NOTICE, type Notice } from "./domain/notice.ts";
import type { Routing } from "./domain/routing.ts";
import { describeOff } from "./routing/describe-off.ts";

/** What of the map is off though nobody switched it off: a variable is missing or does not fit. Null: nothing. */
export function setupNotice({ off, routes }: Routing, now: number): Notice | null {
  const unwanted = off.filter(({ why }) => why.kind !== "disabled");
  if (unwanted.length === 0) return null;
  const many = unwanted.length === 1 ? "A route is" : `${unwanted.length} routes are`;
  return {
    ...QUIET_NOTICE,
    kind: "setup",
    key: "setup:off",
    title: `${many} off: ${routes.length} of ${routes.length + unwanted.length} can serve`,
    why: unwanted.map(({ id, why }) => `${id}: ${describeOff(why)}`).join("; "),
    nextAction:
      "Set the variable at both Workers (npm run deploy -- ENVIRONMENT --env-file FILE), or switch the route off in the map.",
    atMs: now,
  };
}
