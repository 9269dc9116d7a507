/** One call through an adapter to a simulated provider: request, fetch, translation, and nothing of the spine. */
import type { Failure } from "../../src/domain/failure.ts";
import type { ApiId } from "../../src/domain/route.ts";
import { createSseParser } from "../../src/lib/sse.ts";
import type { ChatChunk } from "../../src/openai/chat-chunk.ts";
import type { Usage } from "../../src/openai/chat-completion.ts";
import { providers } from "../../src/providers/all.ts";
import { whatCannot } from "../../src/providers/capabilities.ts";
import { chatRequest, type Gathered, gathered, routeTo, STAMP } from "./providers.ts";

export interface Asked {
  readonly api: ApiId;
  /** The simulated providers' URL. */
  readonly url: string;
  readonly model: string;
  readonly stream: boolean;
  readonly key?: string;
}

export interface Outcome extends Gathered {
  readonly failure: Failure | null;
  /** The provider said that its answer is whole. */
  readonly finished: boolean;
  readonly usage: Usage | null;
  readonly model: string;
}

const BASE_PATHS = { openai: "/hot/v1", anthropic: "/claude", gemini: "/gemini", bedrock: "/bedrock" };
const NOTHING = { text: "", reasoning: "", calls: [], finish: null, usage: null, model: "" };

export async function ask(asked: Asked, fields: Readonly<Record<string, unknown>>): Promise<Outcome> {
  const { api, url, model, stream } = asked;
  const provider = providers[api];
  const route = routeTo(api, { baseUrl: url + BASE_PATHS[api], model, key: asked.key ?? "sk-simulated" });
  const request = chatRequest({ ...fields, ...(stream && { stream, stream_options: { include_usage: true } }) });
  const cannot = whatCannot({ request, native: null }, route);
  if (cannot !== null) throw new Error(`an incapable candidate: ${cannot}`);

  const wire = provider.toRequest(request, route, stream);
  const response = await fetch(wire.url, {
    method: "POST",
    headers: wire.headers,
    body: wire.body,
    redirect: "manual",
  });
  if (!response.ok) {
    const failure = provider.fromError(response.status, response.headers, await response.text(), Date.now());
    return { ...NOTHING, failure, finished: false };
  }
  return stream ? readStream(response, api) : readBody(await response.text(), api);
}

function readBody(text: string, api: ApiId): Outcome {
  const result = providers[api].fromResponse(parsed(text), STAMP);
  if (!result.ok) return { ...NOTHING, failure: result.failure, finished: false };
  const { message, finish_reason: finish } = result.value.choices[0] ?? {};
  return {
    text: message?.content ?? "",
    reasoning: message?.reasoning_content ?? "",
    calls: (message?.tool_calls ?? []).map((call) => ({ id: call.id, ...call.function })),
    finish: finish ?? null,
    failure: null,
    finished: true,
    usage: result.value.usage ?? null,
    model: result.value.model,
  };
}

async function readStream(response: Response, api: ApiId): Promise<Outcome> {
  const parser = providers[api].eventParser?.() ?? createSseParser();
  const translator = providers[api].fromStream(STAMP);
  const chunks: ChatChunk[] = [];
  let failure: Failure | null = null;
  try {
    for await (const bytes of response.body ?? []) {
      for (const event of parser.take(bytes)) {
        const result = translator.take(event);
        if (result.ok) chunks.push(...result.value);
        else failure ??= result.failure;
      }
    }
  } catch {
    // Cut by a fault: whether that is bad, `finished` says.
  }
  const usages = chunks.flatMap((chunk) => (chunk.usage ? [chunk.usage] : []));
  if (usages.length > 1) throw new Error("usage came more than once");
  return {
    ...gathered(chunks),
    failure,
    finished: translator.finished(),
    usage: usages[0] ?? null,
    model: chunks[0]?.model ?? "",
  };
}

/** As the spine does it: what is not JSON is given on as the text that it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
