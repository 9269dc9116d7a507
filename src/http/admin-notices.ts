/** `/admin/notices`: what was told to whom, and whether the senders work. */
import type { WorkerDeps } from "../worker-deps.ts";

/** `GET`: the latest notices and how each delivery went, what waits, and who is on call. */
export async function notices(_request: Request, deps: WorkerDeps): Promise<Response> {
  const overview = await deps.notifier().overview();
  return Response.json({
    at: isoOf(overview.atMs),
    on_call: overview.onCall,
    targets: overview.targets,
    gathering: overview.gathering.map(({ key, kind, count, dueAtMs }) => ({
      key,
      kind,
      count,
      due_at: isoOf(dueAtMs),
    })),
    sent: overview.messages.map(({ id, kind, key, title, atMs, count, jobIds, deliveries }) => ({
      id,
      kind,
      key,
      title,
      at: isoOf(atMs),
      count,
      job_ids: jobIds,
      deliveries: deliveries.map(({ target, state, attempts, detail, triedAtMs, dueAtMs }) => ({
        target,
        state,
        attempts,
        detail,
        tried_at: isoOf(triedAtMs),
        due_at: isoOf(dueAtMs),
      })),
    })),
    alarm_failure: overview.alarmFailure,
  });
}

/** `POST`: a marked notice through every sender, now; says which arrived and why not. */
export async function testNotices(_request: Request, deps: WorkerDeps): Promise<Response> {
  const results = await deps.notifier().sendTest();
  return Response.json({
    arrived: results.filter(({ outcome }) => outcome === "arrived").length,
    results,
    ...(results.length === 0 && { hint: "The map names nobody to tell: see cold.notify, and docs/notices.md." }),
  });
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
