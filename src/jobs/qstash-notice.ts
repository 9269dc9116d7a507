import type { Notice } from "../domain/notice.ts";
import { QUIET_NOTICE } from "../domain/notice.ts";
import type { PlanLimit } from "./qstash-limits.ts";

/** What the publisher has a human told, at most once for each isolate: nothing is lost by it, and somebody may mend it. */
export type QstashTold =
  | { readonly kind: "plan_limit"; readonly limit: PlanLimit }
  /** No number mends it: a wrong token, a destination that QStash does not take. */
  | { readonly kind: "refused"; readonly detail: string };

export function qstashNotice(told: QstashTold, atMs: number): Notice {
  return { ...QUIET_NOTICE, kind: "setup", atMs, ...wordsOf(told) };
}

function wordsOf(told: QstashTold): Pick<Notice, "key" | "title" | "why" | "nextAction"> {
  if (told.kind === "refused") {
    return {
      key: "setup:qstash:refused",
      title: "QStash refuses the messages of this Worker",
      why: told.detail,
      nextAction:
        "Check QSTASH_TOKEN, QSTASH_URL and LISBON_URL. Until then the jobs' own alarms deliver: later, but nothing is lost.",
    };
  }
  const { option, maximum } = told.limit;
  const { what, used } = LIMITS[option];
  return {
    key: `setup:qstash:${option}`,
    title: `QStash's plan allows ${maximum === null ? `less than asked for: ${what}` : `at most ${maximum} ${what}`}`,
    why: `QStash refused a message for it; it was published again with ${maximum === null ? "less" : "that maximum"}. ${used}`,
    nextAction: "Nothing needs to be done. A larger plan lifts the limit: https://upstash.com/pricing/qstash",
  };
}

const LIMITS = {
  retries: {
    what: "retries of a delivery",
    used: "They are for the transport only; the jobs' attempts are their own.",
  },
  parallelism: { what: "deliveries at a time", used: "Parked calls are worked off more slowly (`cold.parallelism`)." },
  delay: { what: "seconds of delay", used: "A job that is delivered too early puts itself off again." },
} as const satisfies Record<PlanLimit["option"], { readonly what: string; readonly used: string }>;
