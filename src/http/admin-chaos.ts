/** `POST /admin/chaos`: faults for a drill, where CHAOS is on; elsewhere there is no such path. */
import * as z from "zod/mini";
import { readFault } from "../domain/injected-fault.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { readAdminBody } from "./read-admin-body.ts";
import { refusalResponse } from "./refusal-response.ts";
import { switchRefusal } from "./switch-refusal.ts";

/** `docs/drills.md` has them all. */
const isFault = z.refine<string>((text) => readFault(text).ok, {
  error: ({ input }) => {
    const read = readFault(String(input));
    return read.ok ? undefined : read.failure;
  },
});

export const Faults = z.strictObject({
  /** By route id; null ends the route's fault. All end by themselves after a quarter of an hour. */
  routes: z.record(z.string(), z.nullable(z.string().check(isFault))),
});

/** `{ "routes": { "hot/openai/gpt-4o": "unreachable" } }`; answers with the faults that are on. */
export async function injectFaults(request: Request, deps: WorkerDeps): Promise<Response> {
  if (!deps.settings.chaos) return refusalResponse({ kind: "not_found", path: new URL(request.url).pathname });
  const body = await readAdminBody(request, Faults);
  if (!body.ok) return refusalResponse(body.failure);
  const faults = await deps.switchboard().injectFaults(body.value.routes);
  return faults.ok ? Response.json({ routes: faults.value }) : refusalResponse(switchRefusal(faults.failure, "routes"));
}
