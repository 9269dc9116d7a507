/**
 * One call in Anthropic's language to a provider of any: what the spine does with it, less the spine, and Anthropic's
 * own client as the reader of what comes out.
 */
import Anthropic from "@anthropic-ai/sdk";
import { messageOf } from "../../src/anthropic-api/message-of.ts";
import { MessagesRequest } from "../../src/anthropic-api/messages-request.ts";
import { toChatRequest } from "../../src/anthropic-api/to-chat-request.ts";
import type { ApiId } from "../../src/domain/route.ts";
import { createSseParser } from "../../src/lib/sse.ts";
import { toNativeRequest } from "../../src/providers/anthropic/to-native-request.ts";
import { providers } from "../../src/providers/all.ts";
import { whatCannot } from "../../src/providers/capabilities.ts";
import { streamDialects } from "../../src/stream/dialects.ts";
import { routeTo, STAMP } from "./providers.ts";

export interface MessagesAsked {
  readonly api: ApiId;
  /** The simulated providers' URL. */
  readonly url: string;
  readonly model: string;
  readonly stream: boolean;
}

export type Fields = Omit<Anthropic.MessageCreateParamsNonStreaming, "model" | "max_tokens"> & {
  readonly max_tokens?: number;
};

const BASE_PATHS = { openai: "/hot/v1", anthropic: "/claude", gemini: "/gemini", bedrock: "/bedrock" };

/** Throws where the route is incapable of it, and what the client throws. */
export async function askMessages(asked: MessagesAsked, fields: Fields): Promise<Anthropic.Message> {
  const client = new Anthropic({
    apiKey: "unused",
    baseURL: "http://127.0.0.1:9",
    maxRetries: 0,
    fetch: async (_url, init) => answer(asked, JSON.parse(typeof init?.body === "string" ? init.body : "")),
  });
  const params = { max_tokens: 1000, ...fields, model: "a-kind" };
  return asked.stream ? await client.messages.stream(params).finalMessage() : await client.messages.create(params);
}

async function answer({ api, url, model, stream }: MessagesAsked, sent: unknown): Promise<Response> {
  const body = MessagesRequest.parse(sent);
  const { request, onlyNative } = toChatRequest(body);
  const native = { body, headers: {}, onlyNative };
  const provider = providers[api];
  const route = routeTo(api, { baseUrl: url + BASE_PATHS[api], model, key: "sk-simulated" });
  const cannot = whatCannot({ request, native }, route);
  if (cannot !== null) throw new Error(`an incapable candidate: ${cannot}`);

  const withUsage = stream ? { ...request, stream_options: { include_usage: true } } : request;
  const wire =
    api === "anthropic" ? toNativeRequest(native, route, stream) : provider.toRequest(withUsage, route, stream);
  const response = await fetch(wire.url, { method: "POST", headers: wire.headers, body: wire.body });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  // The provider's own bytes, where it speaks the caller's language.
  if (api === "anthropic") return new Response(await response.arrayBuffer(), { headers: response.headers });
  if (!stream) {
    const whole = provider.fromResponse(await response.json(), STAMP);
    if (!whole.ok) throw new Error(whole.failure.detail);
    return Response.json(messageOf(whole.value));
  }
  return new Response(await written(response, api), { headers: { "content-type": "text/event-stream" } });
}

async function written(response: Response, api: ApiId): Promise<string> {
  const parser = providers[api].eventParser?.() ?? createSseParser();
  const translator = providers[api].fromStream(STAMP);
  const pen = streamDialects.anthropic.pen({ includeUsage: true });
  let events = "";
  for await (const bytes of response.body ?? []) {
    for (const event of parser.take(bytes)) {
      const chunks = translator.take(event);
      if (!chunks.ok) throw new Error(chunks.failure.detail);
      events += chunks.value.map(pen.write).join("");
    }
  }
  return translator.finished() ? events + pen.end() : events;
}
