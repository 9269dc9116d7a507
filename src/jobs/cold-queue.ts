/**
 * Where a call goes that no provider could answer. The spine knows this
 * interface only; today's one implementation refuses, so the caller gets the
 * error with its `Retry-After`.
 */
import type { ChatRequest } from "../openai/chat-request.ts";

export interface ColdQueue {
  /** Stores the call before anything else; null: it was not taken, and the caller must be told of the failure. */
  park(work: ParkedWork): Promise<ParkedJob | null>;
}

export interface ParkedWork {
  readonly requestId: string;
  readonly kind: string;
  readonly request: ChatRequest;
}

export interface ParkedJob {
  readonly jobId: string;
}

export const refusingColdQueue: ColdQueue = {
  park: () => Promise.resolve(null),
};
