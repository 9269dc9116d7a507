/** What was seen in a drill: plain data, from which alone it is judged and told. Times in ms since its load began. */
import type { NoticeKind } from "../../src/domain/notice.ts";

/**
 * What a caller got. `degraded`: an answer of neither tier. `broken`: an answer that broke off and said so. `half`: half
 * an answer, or a wrong one, that looks whole. `lost`: nothing at all, or a parked call that nobody ever finished.
 */
export const OUTCOMES = ["hot", "warm", "degraded", "queued", "refused", "broken", "half", "lost"] as const;
export type CallOutcome = (typeof OUTCOMES)[number];

export interface SeenCall {
  readonly atMs: number;
  readonly tookMs: number;
  readonly streamed: boolean;
  readonly outcome: CallOutcome;
  readonly jobId: string | null;
  /** For whoever looks into it. */
  readonly detail: string;
}

export interface SeenEvent {
  readonly atMs: number;
  readonly kind: "fault" | "circuit" | "notice" | "note";
  readonly text: string;
}

export interface SeenNotice {
  readonly kind: NoticeKind;
  readonly atMs: number;
  readonly title: string;
  /** Which senders have brought it; empty: it was raised, and has not arrived. */
  readonly broughtBy: readonly string[];
}

export interface SeenJob {
  readonly jobId: string;
  /** As `GET /v1/jobs/:id` says it, at the end. */
  readonly status: string;
}

export interface Observed {
  readonly calls: readonly SeenCall[];
  readonly events: readonly SeenEvent[];
  readonly notices: readonly SeenNotice[];
  readonly jobs: readonly SeenJob[];
  /** Routes that were not closed at the end. */
  readonly stillOpen: readonly string[];
  /** What could not be done, such as a fault that was refused. */
  readonly problems: readonly string[];
}
