import type { Notice } from "../domain/notice.ts";
import type { OnDuty } from "./on-call.ts";

/**
 * One or more notices of a key, as they are sent. Made once and stored: every
 * try at every target sends the same words under the same id, so that a
 * receiver can tell a repeat.
 */
export interface Message {
  /** `msg_` and 32 hex characters. */
  readonly id: string;
  /** The latest of those that it stands for, with the first job ids of all of them. */
  readonly notice: Notice;
  /** So many notices. */
  readonly count: number;
  /** So many jobs; `notice.jobIds` names the first of them. */
  readonly jobs: number;
  /** When the first of them was raised. */
  readonly sinceMs: number;
  /** One of this key was told within the window: this one says what came since. */
  readonly repeats: boolean;
  /** A closing notice's: how long it was open. */
  readonly openForMs: number | null;
  readonly composedAtMs: number;
  /** Null: the map names nobody. */
  readonly onCall: OnDuty | null;
}

/** A message names so many jobs and counts the others. */
export const JOBS_NAMED = 10;
