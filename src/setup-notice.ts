import { QUIET_NOTICE, type Notice } from "./domain/notice.ts";
import type { Routing } from "./domain/routing.ts";
import { describeOff } from "./routing/describe-off.ts";

/**
 * What of the map is without effect though nobody switched it off: a variable is missing or does not fit. Null:
 * nothing. Where it is the way to people that is missing, the log has it.
 */
export function setupNotice({ off, routes, unset }: Routing, now: number): Notice | null {
  const unwanted = off.filter(({ why }) => why.kind !== "disabled");
  if (unwanted.length === 0 && unset.length === 0) return null;
  return {
    ...QUIET_NOTICE,
    kind: "setup",
    key: "setup:off",
    title: titleOf(unwanted.length, routes.length, unset.length),
    why: [
      ...unwanted.map(({ id, why }) => `${id}: ${describeOff(why)}`),
      ...unset.map(({ field, why }) => `${field}: ${why}`),
    ].join("; "),
    nextAction:
      "Set the variable at each Worker (npm run deploy -- ENVIRONMENT --env-file FILE), or take what needs it out of the map.",
    atMs: now,
  };
}

function titleOf(off: number, on: number, unset: number): string {
  if (off === 0) return `${unset === 1 ? "A part" : `${unset} parts`} of the map without effect`;
  const many = off === 1 ? "A route is" : `${off} routes are`;
  return `${many} off: ${on} of ${on + off} can serve`;
}
