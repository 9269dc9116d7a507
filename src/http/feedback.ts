/** `POST /v1/feedback`: what somebody thought of an answer. docs/quality.md */
import * as z from "zod/mini";
import type { Caller } from "../domain/caller.ts";
import { readAnswerId } from "../identity/answer-id.ts";
import { sha256Hex } from "../lib/sha256.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { readAdminBody } from "./read-admin-body.ts";
import { refusalResponse } from "./refusal-response.ts";

const MAX_BYTES = 1_024;
const RETRY_MS = 5_000;

export const Feedback = z.strictObject({
  request_id: z.string().check(z.minLength(1), z.maxLength(128)),
  rating: z.union([z.int().check(z.minimum(1), z.maximum(5)), z.enum(["good", "bad"])], {
    error: "expected a number from 1 to 5, or good, or bad",
  }),
});

/** 204 once it is counted, and for each repetition: an answer's first rating counts. */
export async function feedback(
  request: Request,
  deps: WorkerDeps,
  _requestId: string,
  caller: Caller,
): Promise<Response> {
  const body = await readAdminBody(request, Feedback, MAX_BYTES);
  if (!body.ok) return refusalResponse(body.failure);
  const { settings, routing, clock, switchboard, logError } = deps;
  const { request_id: id, rating } = body.value;
  const routeIds = routing.routes.map((route) => route.id);
  const answer = await readAnswerId(id, { tenant: caller.tenant, routeIds, secrets: settings.keySecrets }, clock.now());
  if (answer === null) return refusalResponse({ kind: "no_such_answer" });
  const { requestId, routeId } = answer;
  // A server speaks for many people, each answer for one of them; a person with a token for nobody else.
  const by = (
    await sha256Hex(`${caller.tenant}\n${caller.user ?? ""}\n${caller.user === null ? requestId : ""}`)
  ).slice(0, 16);
  try {
    await switchboard().rate({ requestId, routeId, by, bad: rating === "bad" || (rating !== "good" && rating <= 2) });
  } catch (cause) {
    logError(requestId, cause);
    return refusalResponse({ kind: "unavailable", what: "The switchboard", retryAfterMs: RETRY_MS });
  }
  return new Response(null, { status: 204 });
}
