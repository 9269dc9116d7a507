import { describe, expect, it } from "vitest";
import { qstashNotice, type QstashTold } from "../../../src/jobs/qstash-notice.ts";

const EVERY: readonly QstashTold[] = [
  { kind: "refused", detail: '401: {"error":"unauthorized"}' },
  { kind: "plan_limit", limit: { option: "retries", maximum: 2 } },
  { kind: "plan_limit", limit: { option: "parallelism", maximum: null } },
  { kind: "plan_limit", limit: { option: "delay", maximum: 604_800 } },
];

describe("a notice about QStash", () => {
  it("is one of the set-up, with a key for each subject, and says what to do", () => {
    const notices = EVERY.map((told) => qstashNotice(told, 5));

    expect(new Set(notices.map(({ key }) => key)).size).toBe(EVERY.length);
    for (const notice of notices) {
      expect(notice).toMatchObject({ kind: "setup", atMs: 5, tenant: "default", jobIds: [] });
      expect(notice.nextAction).not.toBe("");
    }
  });

  it("names the plan's maximum, and where none is known says so", () => {
    expect(EVERY.map((told) => qstashNotice(told, 0).title)).toEqual([
      "QStash refuses the messages of this Worker",
      "QStash's plan allows at most 2 retries of a delivery",
      "QStash's plan allows less than asked for: deliveries at a time",
      "QStash's plan allows at most 604800 seconds of delay",
    ]);
  });
});
