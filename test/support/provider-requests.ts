/** OpenAI requests in few words, and what a provider is sent for them. */
import type { ApiId, Route } from "../../src/domain/route.ts";
import { providers } from "../../src/providers/all.ts";
import { chatRequest, routeTo } from "./providers.ts";

export function sent(
  api: ApiId,
  fields: Readonly<Record<string, unknown>>,
  overrides: Partial<Route> = {},
  stream = false,
) {
  const wire = providers[api].toRequest(chatRequest(fields), routeTo(api, overrides), stream);
  return { ...wire, body: JSON.parse(wire.body) };
}

export const user = (content: unknown) => ({ role: "user", content });
export const assistant = (
  content: unknown,
  ...calls: readonly (readonly [id: string, name: string, args: string])[]
) => ({
  role: "assistant",
  content,
  ...(calls.length > 0 && {
    tool_calls: calls.map(([id, name, args]) => ({ id, type: "function", function: { name, arguments: args } })),
  }),
});
export const tool = (id: string, content: unknown) => ({ role: "tool", tool_call_id: id, content });
export const image = (url: string) => ({ type: "image_url", image_url: { url } });
export const text = (words: string) => ({ type: "text", text: words });
