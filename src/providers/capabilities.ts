import { assertNever } from "../lib/assert-never.ts";
import type { Capability, Route } from "../domain/route.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import { isImagePart, partsOf } from "../openai/parts.ts";
import { providers } from "./all.ts";

/** What of this request the route cannot do, by the map's word or its provider's; null: it can do it all. */
export function whatCannot(request: ChatRequest, route: Route): string | null {
  for (const capability of route.cannot) {
    const parameter = needing(request, capability);
    if (parameter !== null) return parameter;
  }
  return providers[route.api].cannotDo(request, route.model);
}

/** The parameter that needs this capability; null: none does. */
function needing(request: ChatRequest, capability: Capability): string | null {
  const { response_format: format, messages } = request;
  switch (capability) {
    case "tools":
      return request.tools?.length || messages.some((message) => message.role === "tool") ? "tools" : null;
    case "parallel_tools":
      return request.parallel_tool_calls === true || messages.some(hasSeveralCalls) ? "parallel_tool_calls" : null;
    case "images":
      return messages.some((message) => partsOf(message.content).some(isImagePart)) ? "messages (image_url)" : null;
    case "json_object":
    case "json_schema":
      return format?.type === capability ? `response_format (${capability})` : null;
    case "seed":
    case "stop":
    case "reasoning_effort":
      return request[capability] === null || request[capability] === undefined ? null : capability;
    case "streaming":
      return request.stream === true ? "stream" : null;
    default:
      return assertNever(capability);
  }
}

function hasSeveralCalls(message: ChatRequest["messages"][number]): boolean {
  return message.role === "assistant" && (message.tool_calls?.length ?? 0) > 1;
}
