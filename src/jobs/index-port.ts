/** The list of jobs: a Durable Object of its own, told by the jobs' alarms until it has acknowledged. */
import type { JobState } from "./job.ts";

export interface JobIndexPort {
  /** Answers when it is written. A report older than what is known of the job changes nothing. */
  note(entry: JobEntry): Promise<void>;
  list(filter: JobFilter): Promise<JobList>;
  /** By state; states without a job are 0. */
  counts(): Promise<JobCounts>;
}

export interface JobEntry {
  readonly id: string;
  /** Grows with every change of the job. */
  readonly version: number;
  /** `null`: the job is erased and leaves the list. */
  readonly state: JobState | null;
  readonly tenant: string;
  readonly kind: string;
  readonly model: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly attempts: number;
  readonly nextRunAtMs: number | null;
  readonly dueAtMs: number | null;
  readonly reason: string;
}

export interface JobFilter {
  readonly state: JobState | null;
  /** At most 200. */
  readonly limit: number;
  /** Where the page before ended; null: the first page. */
  readonly after: string | null;
}

export interface JobList {
  readonly jobs: readonly JobEntry[];
  readonly next: string | null;
}

export interface JobCounts {
  readonly byState: Readonly<Record<JobState, number>>;
  /** Of those that are not settled; null: there is none. */
  readonly oldestMs: number | null;
  /** Of those that wait for a route, and for no human; absent: an object of the version before answers. */
  readonly oldestQueuedMs?: number | null;
}
