/** What tests of the providers' translations share: a route, a stamp, requests as the border lets them in, recorded streams. */
import { readFileSync } from "node:fs";
import type { Failure } from "../../src/domain/failure.ts";
import type { ApiId, Route } from "../../src/domain/route.ts";
import { createSseParser } from "../../src/lib/sse.ts";
import type { ChatChunk } from "../../src/openai/chat-chunk.ts";
import { ChatRequest } from "../../src/openai/chat-request.ts";
import type { Provider, Stamp } from "../../src/providers/provider.ts";

export const STAMP: Stamp = {
  id: "chatcmpl-lisbon1",
  createdSeconds: 1_764_000_000,
  model: "stamped-model",
  mayBeEmpty: false,
};

export function routeTo(api: ApiId, overrides: Partial<Route> = {}): Route {
  const baseUrl = overrides.baseUrl ?? BASE_URLS[api];
  return {
    id: `hot/${api}/test`,
    tier: "hot",
    provider: api,
    model: MODELS[api],
    api,
    baseUrl,
    host: new URL(baseUrl).host,
    key: "sk-secret",
    awsKeys: null,
    headers: {},
    account: api,
    cost: "paid",
    price: null,
    contextTokens: null,
    cannot: new Set(),
    prefill: null,
    trusted: true,
    reasoning: false,
    rollout: 100,
    clocks: { headersMs: 10_000, firstTokenMs: 10_000, idleMs: 15_000, maxStreamMs: 600_000, attemptMs: null },
    ...overrides,
  };
}

const BASE_URLS = {
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com/v1",
  gemini: "https://generativelanguage.googleapis.com/v1beta",
  bedrock: "https://bedrock-runtime.eu-west-1.amazonaws.com",
};
const MODELS = {
  openai: "gpt-4o-mini",
  anthropic: "claude-sonnet-4-6",
  gemini: "gemini-3-flash",
  bedrock: "eu.anthropic.claude-sonnet-4-6",
};

/** Through the border's schema, as every request comes. */
export function chatRequest(fields: Readonly<Record<string, unknown>> = {}): ChatRequest {
  return ChatRequest.parse({ model: "auto", messages: [{ role: "user", content: "Hi" }], ...fields });
}

export function recorded(path: string): Uint8Array {
  return readFileSync(new URL(`../fixtures/${path}`, import.meta.url));
}

export interface ReadStream {
  readonly chunks: readonly ChatChunk[];
  readonly failure: Failure | null;
  readonly finished: boolean;
}

/** Parses and translates a stream that comes in pieces of so many bytes. */
export function translated(provider: Provider, bytes: Uint8Array, size = bytes.length): ReadStream {
  const parser = provider.eventParser?.() ?? createSseParser();
  const translator = provider.fromStream(STAMP);
  const chunks: ChatChunk[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const event of parser.take(bytes.slice(at, at + size))) {
      const result = translator.take(event);
      if (!result.ok) return { chunks, failure: result.failure, finished: translator.finished() };
      chunks.push(...result.value);
    }
  }
  return { chunks, failure: null, finished: translator.finished() };
}

/** A stream of one event for each value. */
export function eventsOf(...events: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
}

/** What a client would have put together. */
export interface Gathered {
  text: string;
  reasoning: string;
  readonly calls: { id: string; name: string; arguments: string }[];
  finish: string | null;
}

export function gathered(chunks: readonly ChatChunk[]): Gathered {
  const answer: Gathered = { text: "", reasoning: "", calls: [], finish: null };
  for (const choice of chunks.flatMap((chunk) => chunk.choices)) {
    answer.text += choice.delta.content ?? "";
    answer.reasoning += choice.delta.reasoning_content ?? "";
    answer.finish = choice.finish_reason ?? answer.finish;
    for (const call of choice.delta.tool_calls ?? []) {
      const begun = (answer.calls[call.index] ??= { id: "", name: "", arguments: "" });
      begun.id += call.id ?? "";
      begun.name += call.function?.name ?? "";
      begun.arguments += call.function?.arguments ?? "";
    }
  }
  return answer;
}
