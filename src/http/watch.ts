import type { WorkerDeps } from "../worker-deps.ts";
import { refuseAdmin } from "./authenticate.ts";
import { readSigned } from "./cold-message.ts";
import { refusalResponse } from "./refusal-response.ts";

/** The schedule's message is empty. */
const MAX_TICK_BYTES = 4096;

/** `POST /watch/tick`: the watchdog Worker or the command line looks, with the admin key, or QStash, by its signature. */
export async function watchTick(request: Request, deps: WorkerDeps): Promise<Response> {
  const { headers } = request;
  if (headers.has("upstash-signature")) {
    const signed = await readSigned(request, deps, MAX_TICK_BYTES);
    if (!signed.ok) return refusalResponse(signed.failure);
    return Response.json(await deps.switchboard().tick("qstash"));
  }
  const refusal = refuseAdmin(headers, deps.settings);
  if (refusal !== null) return refusalResponse(refusal);
  return Response.json(await deps.switchboard().tick(headers.get("x-lisbon-actor") === "watchdog" ? "worker" : "cli"));
}

/** `POST /admin/watch/release?kind=NAME`: what the watchdog has put first for the kind is no longer. `released` false: nothing was. */
export async function releaseWatch({ url }: Request, deps: WorkerDeps): Promise<Response> {
  const released = await deps.switchboard().release(new URL(url).searchParams.get("kind") ?? "");
  deps.breakers.outdated();
  return Response.json({ released });
}

/** `GET /admin/watch`: the same, and nobody is noted to have looked. */
export async function showWatch(_request: Request, deps: WorkerDeps): Promise<Response> {
  return Response.json(await deps.switchboard().tick(null));
}
