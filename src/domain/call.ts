import type { ChatRequest } from "../openai/chat-request.ts";
import type { Kind } from "./kind.ts";
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
}

/** A call whose `model` has been understood. */
export interface PlannedCall extends Call {
  readonly kind: Kind;
  /** The kind's routes in the order to be tried, before anything was ruled out. */
  readonly routes: readonly Route[];
  readonly deadlineAtMs: number;
}
