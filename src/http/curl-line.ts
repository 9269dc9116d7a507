import type { Routing } from "../domain/routing.ts";
import { AUTO } from "../routing/resolve-model.ts";

/** A first request to paste: `npm start` prints it, and the status page shows it. */
export function curlLine(origin: string, key: string, routing: Routing): string {
  const [model = AUTO] = routing.kinds.keys();
  const body = { model, stream: true, messages: [{ role: "user", content: "Say hello to Lisbon." }] };
  const headers = `-H "authorization: Bearer ${key}" -H "content-type: application/json"`;
  return `curl -N ${origin}/v1/chat/completions ${headers} -d '${JSON.stringify(body)}'`;
}
