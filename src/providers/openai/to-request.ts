import type { Route } from "../../domain/route.ts";
import type { ChatRequest } from "../../openai/chat-request.ts";
import { headersFor } from "../base-headers.ts";
import type { WireRequest } from "../provider.ts";

/**
 * The request as it came, with the route's model, and to OpenAI itself with its
 * newer word for the bound. Nothing of what is said is looked at, nothing
 * is copied but the outermost object: an OpenAI-compatible server knows best
 * what it can do, and says so.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
export function toRequest(request: ChatRequest, route: Route, stream: boolean): WireRequest {
  const body: Record<string, unknown> = { ...request, model: route.model };
  if (body["max_tokens"] != null && body["max_completion_tokens"] == null && isOpenAi(route)) {
    body["max_completion_tokens"] = body["max_tokens"];
    delete body["max_tokens"];
  }
  if (stream) {
    body["stream"] = true;
  } else {
    delete body["stream"];
    // "The 'stream_options' parameter is only allowed when 'stream' is enabled."
    delete body["stream_options"];
  }
  return {
    url: `${route.baseUrl}/chat/completions`,
    headers: headersFor(route, route.key === null ? {} : { authorization: `Bearer ${route.key}` }),
    body: JSON.stringify(body),
  };
}

/**
 * "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", say its
 * newer models, and all of its models take the newer word. Many compatible servers know only the older one.
 */
export function isOpenAi({ host }: Pick<Route, "host">): boolean {
  return host.endsWith("api.openai.com");
}
