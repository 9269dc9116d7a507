import type { Routing } from "../domain/routing.ts";
import { listModels } from "../routing/resolve-model.ts";

/** `GET /v1/models`, in OpenAI's shape. https://platform.openai.com/docs/api-reference/models/list */
export function models(_request: Request, { routing }: { readonly routing: Routing }): Response {
  const list = listModels(routing).map((id) => ({ id, object: "model", created: 0, owned_by: "lisbon" }));
  return Response.json({ object: "list", data: list });
}
