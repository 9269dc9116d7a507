import type { Call } from "../domain/call.ts";
import type { Route } from "../domain/route.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import { toNativeRequest } from "../providers/anthropic/to-native-request.ts";
import type { WireRequest } from "../providers/provider.ts";
import type { AttemptContext } from "./attempt-context.ts";

interface Wanted {
  readonly stream: boolean;
  /** JavaScript sees every event and can take the extra usage chunk out again. */
  readonly withUsage?: boolean;
}

/** What this route is sent: the request as it came where the route speaks its language, else translated. */
export function wireFor({ call, provider, route }: AttemptContext, { stream, withUsage }: Wanted): WireRequest {
  if (call.native !== null && route.api === "anthropic") return toNativeRequest(call.native, route, stream);
  return provider.toRequest(withUsage === true ? askingForUsage(call.request) : call.request, route, stream);
}

/** Does the route answer in the caller's own language to the caller's own words? Then its bytes may be passed on. */
export function isNative({ dialect, native }: Call, { api }: Route): boolean {
  return dialect === "openai" ? api === "openai" : native !== null && api === "anthropic";
}

function askingForUsage(request: ChatRequest): ChatRequest {
  return { ...request, stream_options: { ...request.stream_options, include_usage: true } };
}
