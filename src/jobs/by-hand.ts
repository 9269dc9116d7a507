import type { Change } from "./job-machine.ts";

/** What a person has decided about a job. */
export interface ByHand {
  /** Null: it is so already. */
  readonly change: Change | null;
  readonly also: () => void;
  /** What the followers of a run that this ends are told. */
  readonly code: keyof typeof ABORTED;
}

export const ABORTED = {
  job_cancelled: "The job was cancelled.",
  superseded: "A human has taken this call over. Send it again with the same key for the answer.",
} as const;
