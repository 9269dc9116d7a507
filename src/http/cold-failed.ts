import * as z from "zod/mini";
import type { Refusal } from "../domain/refusal.ts";
import { fail, type Result } from "../lib/result.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { ColdMessage, JOB_AWAY, readJson, readSigned } from "./cold-message.ts";
import { refusalResponse } from "./refusal-response.ts";

/** It holds what we answered to the failed deliveries, headers included, but we answer briefly. */
const MAX_CALLBACK_BYTES = 1024 * 1024;

/** What is read of it: https://upstash.com/docs/qstash/features/callbacks#what-is-a-failure-callback */
const FailureCallback = z.looseObject({
  /** The message that could not be delivered, in base64. */
  sourceBody: z.base64(),
});

/** `POST /cold/failed`: QStash has given a dispatch up. */
export async function coldFailed(request: Request, deps: WorkerDeps, requestId: string): Promise<Response> {
  const signed = await readSigned(request, deps, MAX_CALLBACK_BYTES);
  if (!signed.ok) return refusalResponse(signed.failure);
  const message = sourceMessage(signed.value);
  if (!message.ok) return refusalResponse(message.failure);

  try {
    await deps.jobs(message.value.job).transportFailed(message.value.dispatch);
  } catch (cause) {
    deps.logError(requestId, cause);
    return refusalResponse(JOB_AWAY);
  }
  return Response.json({ outcome: "noted" });
}

function sourceMessage(text: string): Result<ColdMessage, Refusal> {
  const callback = readJson(text, FailureCallback);
  if (!callback.ok) return callback;
  const message = readJson(atob(callback.value.sourceBody), ColdMessage);
  if (message.ok) return message;
  return fail({ kind: "invalid_request", param: "sourceBody", reason: "sourceBody holds no message of this Worker" });
}
