import type { Delivered } from "../jobs/job-port.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { ColdMessage, JOB_AWAY, readJson, readSigned } from "./cold-message.ts";
import { refusalResponse } from "./refusal-response.ts";

/** The message holds a job's id and a number. */
const MAX_MESSAGE_BYTES = 4096;

/**
 * `POST /cold/run`: QStash delivers a job's dispatch. Whatever the job makes of it is 200, for QStash's retries are for
 * the transport only.
 */
export async function coldRun(request: Request, deps: WorkerDeps, requestId: string): Promise<Response> {
  const signed = await readSigned(request, deps, MAX_MESSAGE_BYTES);
  if (!signed.ok) return refusalResponse(signed.failure);
  const message = readJson(signed.value, ColdMessage);
  if (!message.ok) return refusalResponse(message.failure);

  let outcome: Delivered;
  try {
    outcome = await deps.jobs(message.value.job).deliver(message.value.dispatch);
  } catch (cause) {
    deps.logError(requestId, cause);
    return refusalResponse(JOB_AWAY);
  }
  return Response.json({ outcome });
}
