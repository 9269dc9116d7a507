import type { ColdQueue } from "../../src/jobs/cold-queue.ts";
import type { JobPort } from "../../src/jobs/job-port.ts";

/** A Cold tier that takes nothing and knows of nothing. */
export const noColdQueue: ColdQueue = {
  park: () => Promise.resolve(null),
  mayBeRepeat: () => false,
  findEarlier: () => Promise.resolve(null),
  keyed: () => Promise.reject(new Error("not asked")),
};

/** A job's object that answers what the test says; whatever else it is asked is a mistake of the test. */
export function fakeJob(answers: Partial<JobPort> = {}): JobPort {
  return {
    park: notAsked,
    find: () => Promise.resolve(null),
    begin: notAsked,
    follow: notAsked,
    deliver: notAsked,
    transportFailed: notAsked,
    view: () => Promise.resolve(null),
    prompt: () => Promise.resolve(null),
    settled: () => Promise.resolve(null),
    events: () => Promise.resolve(null),
    cancel: notAsked,
    answer: notAsked,
    retry: notAsked,
    edit: notAsked,
    ...answers,
  };
}

function notAsked(): Promise<never> {
  return Promise.reject(new Error("the job was asked what the test did not foresee"));
}
