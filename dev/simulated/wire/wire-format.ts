/**
 * What a wire format knows: how its requests are recognised, checked and
 * understood, and how an answer, an error or a keep-alive looks in its bytes.
 * It knows nothing of sockets and time; `play.ts` and `serve-call.ts` do.
 */
import type { ReplyFault } from "../faults.ts";
import type { Answer, Question } from "../model/question.ts";

export type WireFormatName = "openai" | "anthropic" | "gemini" | "bedrock";

export interface Received {
  /** The first segment of the path. */
  readonly provider: string;
  readonly method: string;
  /** What follows the provider's name, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The parsed body; `undefined` where there was none or it is not JSON. */
  readonly body: unknown;
  /** As it came: a signature is over these bytes. */
  readonly rawBody: string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Written;
}

/** Amazon's streams are no text. */
export type Written = string | Buffer;

export function bytesOf(written: Written): Buffer {
  return typeof written === "string" ? Buffer.from(written) : written;
}

/** One event of a stream, with its place in the story. */
export interface Frame {
  readonly kind: "opening" | "words" | "between" | "finish" | "terminal";
  readonly text: Written;
  /** What it costs of the model's time. */
  readonly tokens: number;
}

/** A call that has passed all checks. */
export interface Understood {
  readonly question: Question;
  readonly streamed: boolean;
  readonly whole: (answer: Answer) => string;
  readonly frames: (answer: Answer) => readonly Frame[];
}

export interface ErrorContext {
  readonly model: string;
  readonly arg: string;
  readonly streamed: boolean;
}

export interface WireFormat {
  readonly name: WireFormatName;
  /** Is this path of this format? */
  readonly owns: (received: Received) => boolean;
  readonly models: (received: Received) => HttpReply | undefined;
  /** The model that the call names, from path or body, even where the rest is wrong. */
  readonly modelOf: (received: Received) => string | undefined;
  readonly wantsStream: (received: Received) => boolean;
  /** Who calls? Refused without a key. */
  readonly authorise: (received: Received) => HttpReply | undefined;
  /** The checked call, or the refusal that the provider would send. */
  readonly understand: (received: Received) => Understood | HttpReply;
  readonly errors: Readonly<Record<ReplyFault, (context: ErrorContext) => HttpReply>>;
  /** An error for a mistake that only a simulator knows, such as an unknown fault. */
  readonly ownMistake: (message: string) => HttpReply;
  readonly inBandError: { readonly event: Written; readonly json: string };
  readonly malformedEvent: Written;
  readonly keepAlive: Written;
  /** The `content-type` of its streams; server-sent events by default. */
  readonly streamType?: string;
  readonly responseHeaders: (seed: string) => Readonly<Record<string, string>>;
  /** What an answer says of the rate limits, with so many percent of the requests left. */
  readonly limitHeaders: (leftPercent: number) => Readonly<Record<string, string>>;
}

/** No request body of any format has these two fields, which is checked before it is one. */
export function isReply(value: object): value is HttpReply {
  return "status" in value && "headers" in value;
}

export function jsonReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}
