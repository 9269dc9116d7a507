/** `/admin/breakers`: how every route stands and why, and the operator's word that one is well again. */
import * as z from "zod/mini";
import type { WorkerDeps } from "../worker-deps.ts";
import { readAdminBody } from "./read-admin-body.ts";
import { refusalResponse } from "./refusal-response.ts";
import { switchRefusal } from "./switch-refusal.ts";

export const Target = z.union(
  [
    z.strictObject({ route: z.string() }),
    z.strictObject({ account: z.string() }),
    z.strictObject({ loop: z.string() }),
  ],
  {
    error: 'expected { "route": id }, { "account": name } or { "loop": id or "all" }',
  },
);

export async function breakers(_request: Request, deps: WorkerDeps): Promise<Response> {
  return Response.json(await deps.switchboard().overview());
}

/** `POST { "route": id }` or `{ "account": name }`: the only early end of a same-error opening. `{ "loop": id }` lets a request through again. */
export async function resetBreaker(request: Request, deps: WorkerDeps): Promise<Response> {
  const target = await readAdminBody(request, Target);
  if (!target.ok) return refusalResponse(target.failure);
  const reset = await deps.switchboard().reset(target.value);
  return reset.ok
    ? await breakers(request, deps)
    : refusalResponse(switchRefusal(reset.failure, Object.keys(target.value)[0] ?? ""));
}
