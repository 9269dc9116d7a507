import type { MessagesRequest } from "../anthropic-api/messages-request.ts";
import type { ChatChunk } from "../openai/chat-chunk.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import type { TokenBounds } from "./caller.ts";
import type { DialectId } from "./dialect.ts";
import type { Kind, LadderStepName, OnCold } from "./kind.ts";
import type { Refusal } from "./refusal.ts";
import type { Route } from "./route.ts";
import type { Texts } from "./texts.ts";

/** One request of one caller, well-formed and allowed. */
export interface Call {
  readonly requestId: string;
  /** In which the answer is written; a job's own run writes OpenAI's, whatever its caller speaks. */
  readonly dialect: DialectId;
  /** What is asked for, in OpenAI's language: what planning reads, and what most routes are sent. */
  readonly request: ChatRequest;
  /** The same as it came, where it came in Anthropic's language: what Anthropic's own routes are sent. */
  readonly native: NativeRequest | null;
  readonly stream: boolean;
  /** When the request was whole: the deadline counts from here, for a slow upload is nobody's fault. */
  readonly readAtMs: number;
  /** Aborts when the caller hangs up. */
  readonly callerSignal: AbortSignal;
  readonly from: CallFrom;
  /** Routers that it came through; absent: none. */
  readonly hops?: number;
  /** In its caller's language; absent: as the map says for everybody. */
  readonly texts?: Texts;
}

/** A request in Anthropic's language. Plain data: a job keeps it. */
export interface NativeRequest {
  readonly body: MessagesRequest;
  /** Of the caller's headers those that Anthropic's own routes are shown: `anthropic-beta`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first field that OpenAI's language cannot say, so that only Anthropic's own routes may answer; null: all was said. */
  readonly onlyNative: string | null;
}

export type CallFrom =
  | {
      readonly kind: "caller";
      readonly tenant: string;
      /** Null: the tenant's own server. */
      readonly user: string | null;
      /** What is counted for the caller's token alone. */
      readonly token: TokenBounds | null;
      readonly wishes: Wishes;
      readonly calledUrl: string;
    }
  /** A job's own run: it is never parked again, has its own time, and every event of its stream is looked at. */
  | {
      readonly kind: "job";
      readonly tenant: string;
      readonly user: string | null;
      readonly token: TokenBounds | null;
      readonly deadlineMs: number;
      /** As the caller's wish; absent: it is not. */
      readonly isPrivate?: boolean;
      /** Of a stream: what an earlier run had said when it was lost, which this one goes on with; null: it begins. */
      readonly said: SaidSoFar | null;
    };

export interface SaidSoFar {
  /** The first chunk. */
  readonly head: ChatChunk;
  readonly text: string;
}

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
  /** Its answer is not kept, and none that was kept is given. */
  readonly isPrivate: boolean;
}

export const NO_WISHES: Wishes = {
  key: null,
  resumeAfter: null,
  isRetry: false,
  onCold: null,
  callbackUrl: null,
  isPrivate: false,
};

/** A call whose `model` has been understood. */
export interface PlannedCall extends Call {
  readonly kind: Kind;
  /** The kind's routes in the order to be tried, before anything was ruled out. */
  readonly routes: readonly Route[];
  readonly deadlineAtMs: number;
  /** What is known of its prompt and the routes' windows; null: it is small, or no route states its window. */
  readonly context: ContextFit | null;
  /** The step of the ladder that it takes; absent: Hot and Warm are asked. */
  readonly degraded?: LadderStepName;
}

/** By a count that errs low: what is said here is sure. */
export interface ContextFit {
  /** Ids of the routes whose window cannot hold the prompt. */
  readonly tooSmall: ReadonlySet<string>;
  /** No route that could take the call can hold it; null: one may. */
  readonly refusal: Extract<Refusal, { readonly kind: "context_too_long" }> | null;
}
