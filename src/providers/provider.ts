import type { MessagePlace } from "../anthropic-api/message-place.ts";
import type { Failure } from "../domain/failure.ts";
import type { ApiId, AwsKeys, Route } from "../domain/route.ts";
import type { Result } from "../lib/result.ts";
import type { EventParser, SseEvent } from "../lib/sse.ts";
import type { ChatChunk } from "../openai/chat-chunk.ts";
import type { ChatCompletion } from "../openai/chat-completion.ts";
import type { ChatRequest } from "../openai/chat-request.ts";

/**
 * A provider is an object of pure functions: our request in, their wire out,
 * and back. No fetch, no clock; `send.ts` calls, for all of them.
 */
export interface Provider {
  readonly id: ApiId;
  /**
   * What of this request the provider cannot do (`seed`, `n`, …), or this model of it; null: it can do it all. A
   * parameter is never silently dropped. Ask `whatCannot` instead, which knows the map's word too.
   */
  cannotDo(request: ChatRequest, model: string): string | null;
  /** Does this model go on with an answer that the conversation ends with? The map's `prefill` goes before it. */
  takesPrefill(model: string): boolean;
  /** `stream` says how it will be asked for. The request's `model` is a kind; the route's is sent. */
  toRequest(request: ChatRequest, route: Route, stream: boolean): WireRequest;
  /** A 2xx body, parsed. */
  fromResponse(body: unknown, stamp: Stamp): Result<ChatCompletion, Failure>;
  /** Amazon's only: a fresh parser for one stream that does not come as server-sent events. */
  eventParser?(): EventParser;
  /** A fresh translator for one stream. */
  fromStream(stamp: Stamp): StreamTranslator;
  /** Any answer that is not 2xx, and an error event inside a stream (then `status` is what the event names, or 200). `now` turns reset dates into durations. */
  fromError(status: number, headers: Headers, body: string, now: number): Failure;
}

export interface WireRequest {
  readonly url: string;
  /** Keys go in headers only, never in the URL. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Amazon's only: `send.ts` signs the request with them. */
  readonly awsKeys?: AwsKeys | null;
}

/** What a translated answer is stamped with. */
export interface Stamp {
  /** `chatcmpl-…` */
  readonly id: string;
  /** Seconds since 1970. */
  readonly createdSeconds: number;
  /** The model to name where the provider does not name one. */
  readonly model: string;
  /** The request has stop sequences: an answer without a word may be a whole one. */
  readonly mayBeEmpty: boolean;
}

export interface StreamTranslator {
  /**
   * One event in, OpenAI chunks out (often none). A malformed event yields no
   * chunks: it is dropped and the stream goes on. An in-band error is a failure.
   * Usage comes as one last chunk with empty `choices`; who did not ask for it
   * does not get it (`stream/` sees to that).
   */
  take(event: SseEvent): Result<readonly ChatChunk[], Failure>;
  /** Has the provider's own terminal event been seen? Only then is the stream a success. */
  finished(): boolean;
  /** Anthropic's only: where the stream stands, for a caller who is given it as it comes. */
  place?(): MessagePlace;
}
