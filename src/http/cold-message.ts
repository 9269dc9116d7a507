import * as z from "zod/mini";
import type { Refusal } from "../domain/refusal.ts";
import { isJobId } from "../jobs/job-ids.ts";
import { verifyDelivery } from "../jobs/qstash-receiver.ts";
import { readTextWithin } from "../lib/read-text.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { originOf } from "./origin-of.ts";
import { problemOf } from "./schema-problem.ts";

/** What `jobs/qstash-publisher.ts` puts into a message. */
export const ColdMessage = z.object({
  job: z.string().check(z.refine(isJobId, "is no job's id")),
  dispatch: z.int().check(z.minimum(0)),
});
export type ColdMessage = z.infer<typeof ColdMessage>;

/**
 * The body of what QStash has signed, for this very address. Nothing else is looked at before, and what is not signed
 * touches nothing. A body over `maxBytes` is none of ours, whatever its signature: what is not read cannot be verified.
 */
export async function readSigned(
  request: Request,
  deps: WorkerDeps,
  maxBytes: number,
): Promise<Result<string, Refusal>> {
  const { pathname } = new URL(request.url);
  const { qstash } = deps.settings;
  if (qstash === null) return fail({ kind: "not_found", path: pathname });
  const signature = request.headers.get("upstash-signature");
  if (signature === null) return fail({ kind: "bad_signature" });
  const body = await readTextWithin(request, maxBytes);
  if (body === null) return fail({ kind: "bad_signature" });
  const url = `${originOf(request, deps)}${pathname}`;
  const signed = await verifyDelivery({ signature, body, url, settings: qstash });
  return signed ? ok(body) : fail({ kind: "bad_signature" });
}

/** JSON text by a schema; what is wrong with it is named. */
export function readJson<Schema extends z.ZodMiniType>(text: string, schema: Schema): Result<z.infer<Schema>, Refusal> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return fail({ kind: "invalid_json", reason: cause instanceof Error ? cause.message : "unreadable" });
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? ok(parsed.data) : fail({ kind: "invalid_request", ...problemOf(parsed.error) });
}

/** Where a job's object cannot be reached QStash is to deliver again, this much later: it heeds `Retry-After`. */
export const JOB_AWAY: Refusal = { kind: "jobs_unavailable", retryAfterMs: 10_000 };
