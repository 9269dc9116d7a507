import { fail, ok } from "../../src/lib/result.ts";
import type { Checks } from "./checks.ts";
import { type Notice, SENDERS } from "./inbox.ts";
import { NOTICE_MS } from "./limits.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";

export interface Awaited {
  readonly what: string;
  /** Such as `cold`. */
  readonly kind: string;
  readonly jobId?: string;
  /** By `performance.now()`: what it is about happened then. */
  readonly since: number;
}

/** A notice that every sender has brought, its webhook signed; null: it was missed, or nobody can see it from here. */
export async function noticeArrives(checks: Checks, { inbox }: Stage, awaited: Awaited): Promise<Notice | null> {
  if (inbox === null) {
    checks.notRun(awaited.what, "the deployment's Slack, e-mail and webhooks cannot be seen from here");
    return null;
  }
  const { what, kind, jobId, since } = awaited;
  return await checks.check({
    what,
    limitMs: NOTICE_MS,
    run: async (signal) => {
      let arrived: Notice | undefined;
      try {
        const notice = await until(() => {
          arrived = inbox.notices(kind, jobId).at(-1);
          return arrived !== undefined && inbox.broughtBy(arrived).size === SENDERS.length ? arrived : null;
        }, signal);
        // It may have come while the step was about something else.
        const lastAt = Math.max(...inbox.broughtBy(notice).values());
        return ok({ found: notice, ms: Math.max(0, lastAt - since), saw: `${SENDERS.join(", ")}: "${notice.title}"` });
      } catch {
        const brought =
          arrived === undefined ? "nobody has brought it" : `only ${[...inbox.broughtBy(arrived).keys()].join(", ")}`;
        const unsigned = inbox.unsigned.length > 0 ? `; not signed: ${inbox.unsigned.join("; ")}` : "";
        return fail(`${brought}${unsigned}`);
      }
    },
  });
}
