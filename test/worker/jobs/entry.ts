import type { Notice } from "../../../src/domain/notice.ts";
import type { Callback, CallbackResult } from "../../../src/jobs/callback-port.ts";
import type { JobEntry } from "../../../src/jobs/index-port.ts";
import { JobObject } from "../../../src/jobs/job-object.ts";
import type { JobOutside } from "../../../src/jobs/job-outside.ts";
import type { Dispatch, Published } from "../../../src/jobs/publisher.ts";
import type { Run } from "../../../src/jobs/run-result.ts";
import { realClock } from "../../../src/lib/clock.ts";
import { standardRouting } from "../../support/standard-routing.ts";

/** The world around the jobs of a test file: it runs in the isolate of the tests, which change it in place. */
export const jobWorld = {
  /** By how much the jobs' clock is ahead of the real one. */
  aheadMs: 0,
  /** What the next runs do, in order; without one a run is put off. */
  runs: [] as Run[],
  ran: [] as string[],
  publish: (): Promise<Published> => Promise.resolve({ ok: true, messageId: "m" }),
  published: [] as Dispatch[],
  callback: (): Promise<CallbackResult> => Promise.resolve({ kind: "delivered" }),
  callbacks: [] as Callback[],
  note: (): Promise<void> => Promise.resolve(),
  entries: [] as JobEntry[],
  notices: [] as Notice[],
};

export class Job extends JobObject {
  protected override outside(): JobOutside {
    return {
      routing: standardRouting(),
      clock: { now: () => realClock.now() + jobWorld.aheadMs, after: (ms, run) => realClock.after(ms, run) },
      random: () => 0,
      run: (work, how) => {
        jobWorld.ran.push(how.runId);
        return jobWorld.runs.shift()?.(work, how) ?? Promise.resolve(NOBODY);
      },
      mayBeContinued: () => true,
      publisher: {
        publish: (dispatch) => {
          jobWorld.published.push(dispatch);
          return jobWorld.publish();
        },
      },
      callbacks: {
        send: (callback) => {
          jobWorld.callbacks.push(callback);
          return jobWorld.callback();
        },
      },
      index: () => ({
        note: (entry) => {
          jobWorld.entries.push(entry);
          return jobWorld.note();
        },
      }),
      notifier: {
        raise: (notice) => {
          jobWorld.notices.push(notice);
          return Promise.resolve();
        },
      },
      links: () => null,
    };
  }
}

const NOBODY = {
  kind: "refused",
  refusal: { kind: "providers_failed", failures: [], retryAfterMs: 5_000 },
  failures: [],
  asked: 0,
  pausedOnly: false,
  retryAfterMs: 5_000,
} as const;
