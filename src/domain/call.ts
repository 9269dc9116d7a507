import type { ChatRequest } from "../openai/chat-request.ts";
import type { Kind, OnCold } from "./kind.ts";
import type { Route } from "./route.ts";

/** One request of one caller, well-formed and allowed. */
export interface Call {
  readonly requestId: string;
  readonly request: ChatRequest;
  readonly stream: boolean;
  /** When the request was whole: the deadline counts from here, for a slow upload is nobody's fault. */
  readonly readAtMs: number;
  /** Aborts when the caller hangs up. */
  readonly callerSignal: AbortSignal;
  readonly from: CallFrom;
}

export type CallFrom =
  | { readonly kind: "caller"; readonly tenant: string; readonly wishes: Wishes; readonly calledUrl: string }
  /** A job's own run: it is never parked again, has its own time, and every event of its stream is looked at. */
  | { readonly kind: "job"; readonly tenant: string; readonly deadlineMs: number };

/** What a caller says beside its request. */
export interface Wishes {
  /** `Idempotency-Key`: the call belongs to its job from the start. */
  readonly key: string | null;
  /** `Last-Event-ID`: with a key, what the caller has already seen. */
  readonly resumeAfter: string | null;
  /** An official SDK says that it has sent this call before. */
  readonly isRetry: boolean;
  /** What to do when the call is parked; null: as the kind says. */
  readonly onCold: OnCold | null;
  readonly callbackUrl: string | null;
}

export const NO_WISHES: Wishes = { key: null, resumeAfter: null, isRetry: false, onCold: null, callbackUrl: null };

/** A call whose `model` has been understood. */
export interface PlannedCall extends Call {
  readonly kind: Kind;
  /** The kind's routes in the order to be tried, before anything was ruled out. */
  readonly routes: readonly Route[];
  readonly deadlineAtMs: number;
}
