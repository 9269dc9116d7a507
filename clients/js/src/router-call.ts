import { type Fields, fieldsOf, parsedJson, textIn } from "./fields.ts";

/** One call of `fetch`, held so that it can be sent again: with a newer token, or after a lost connection. */
export interface RouterCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | ArrayBuffer | null;
  readonly signal: AbortSignal;
  /** What else `fetch` was told, such as `credentials` or `cache`. */
  readonly more: RequestInit;
}

export type FetchInput = string | URL | Request;
export type Fetch = (input: FetchInput, init?: RequestInit) => Promise<Response>;

export async function readCall(input: FetchInput, init: RequestInit = {}): Promise<RouterCall> {
  const { body: given, headers: _headers, signal: _signal, ...more } = init;
  const text = typeof given === "string" ? given : null;
  // `Request` knows what a form or a stream becomes, and which content type goes with it.
  const request = new Request(input, { ...(given instanceof ReadableStream && { duplex: "half" }), ...init });
  const { url, method, headers, signal } = request;
  const body = text ?? (request.body === null ? null : await request.arrayBuffer());
  return { url, method, headers: new Headers(headers), body, signal, more };
}

/** The URL of what `fetch` is given, in its normal form; one that is relative to a page stays as it is. */
export function urlOf(input: FetchInput): string {
  if (input instanceof Request) return input.url;
  const url = input.toString();
  return URL.canParse(url) ? new URL(url).href : url;
}

export function withHeaders(call: RouterCall, more: Readonly<Record<string, string>>): RouterCall {
  const headers = new Headers(call.headers);
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  return { ...call, headers };
}

export function send({ url, more, ...init }: RouterCall, fetch: Fetch): Promise<Response> {
  return fetch(url, { ...more, ...init });
}

/** What a call's JSON body says; of any other body: nothing. */
export function bodyFields({ body }: Pick<RouterCall, "body">): Fields {
  return typeof body === "string" ? fieldsOf(parsedJson(body)) : {};
}

/** The key that makes it one call however often it is sent; null: it has none. docs/cold.md */
export function idempotencyKeyOf(call: RouterCall): string | null {
  const header = call.headers.get("idempotency-key");
  if (header !== null || typeof call.body !== "string" || !call.body.includes("idempotencyKey")) return header;
  return textIn(bodyFields(call), "idempotencyKey");
}
