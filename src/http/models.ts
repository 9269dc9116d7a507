import type { Routing } from "../domain/routing.ts";
import type { Caller } from "../domain/caller.ts";
import { listModels } from "../routing/resolve-model.ts";
import { kindsOf } from "./authenticate.ts";

/** `GET /v1/models`, in OpenAI's shape. https://platform.openai.com/docs/api-reference/models/list */
export function models(
  _request: Request,
  deps: { readonly routing: Routing },
  _requestId: string,
  caller: Caller,
): Response {
  const list = (kindsOf(caller, deps) ?? listModels(deps.routing)).map((id) => ({
    id,
    object: "model",
    created: 0,
    owned_by: "lisbon",
  }));
  return Response.json({ object: "list", data: list });
}
