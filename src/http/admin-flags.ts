/**
 * `/admin/flags`: flags and kill switches, thrown without a deploy. They are
 * kept by the switchboard, seen by every isolate within 5 s, and survive a
 * restart.
 */
import * as z from "zod/mini";
import type { WorkerDeps } from "../worker-deps.ts";
import { readAdminBody } from "./read-admin-body.ts";
import { refusalResponse } from "./refusal-response.ts";
import { switchRefusal } from "./switch-refusal.ts";

export const Switches = z.strictObject({
  /** By name; null: the map's value counts again. */
  flags: z.optional(z.record(z.string(), z.nullable(z.boolean()))),
  /** By route id; false: no traffic and no probe. */
  routes: z.optional(z.record(z.string(), z.boolean())),
});

/** `GET`: every flag and every kill switch, as the switchboard has them. */
export async function flags(_request: Request, deps: WorkerDeps): Promise<Response> {
  const overview = await deps.switchboard().overview();
  return Response.json({
    flags: Object.fromEntries(
      overview.flags.map(({ name, value, default: standard, switched }) => [
        name,
        { value, default: standard, switched },
      ]),
    ),
    routes: Object.fromEntries(overview.routes.map(({ id, status }) => [id, status !== "killed"])),
  });
}

/** `POST { "flags": { "enable_warm_fallback": false }, "routes": { "hot/openai/gpt-4o": false } }` */
export async function switchFlags(request: Request, deps: WorkerDeps): Promise<Response> {
  const body = await readAdminBody(request, Switches);
  if (!body.ok) return refusalResponse(body.failure);
  const routes = Object.entries(body.value.routes ?? {});
  const thrown = await deps.switchboard().throwSwitches({
    flags: body.value.flags ?? {},
    kills: Object.fromEntries(routes.map(([routeId, on]) => [routeId, !on])),
  });
  deps.breakers.outdated();
  if (!thrown.ok) return refusalResponse(switchRefusal(thrown.failure.refused, thrown.failure.field));
  return await flags(request, deps);
}
