import { assertNever } from "../lib/assert-never.ts";
import type { Call } from "../domain/call.ts";
import type { Capability, Route } from "../domain/route.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import { isImagePart, partsOf } from "../openai/parts.ts";
import { providers } from "./all.ts";
import { takesPrefill } from "./takes-prefill.ts";

/** What of this request the route cannot do, by the map's word or its provider's; null: it can do it all. */
export function whatCannot({ request, native }: Asked, route: Route): string | null {
  for (const capability of route.cannot) {
    const parameter = needing(request, capability);
    if (parameter !== null) return parameter;
  }
  if (!route.trusted && needsTrust({ request, native }))
    return "tools or a JSON schema, with which nobody has tested this route";
  // A route of the request's own language gets it as it came, and says itself what it cannot do.
  if (native !== null && route.api === "anthropic") return null;
  // Anthropic's callers put their own beginning before the answer, so a model that begins anew would say it twice.
  const begun = native !== null && request.messages.at(-1)?.role === "assistant";
  if (begun && !takesPrefill(route, new Set())) return "messages (the last is the assistant's)";
  return native?.onlyNative ?? providers[route.api].cannotDo(request, route.model);
}

/** A call, as far as planning reads it. */
export type Asked = Pick<Call, "request" | "native">;

function needsTrust({ request, native }: Asked): boolean {
  // Anthropic's own tools have no place in the translation.
  const nativeTools = native?.body["tools"];
  if (Array.isArray(nativeTools) && nativeTools.length > 0) return true;
  return needing(request, "tools") !== null || needing(request, "json_schema") !== null;
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
