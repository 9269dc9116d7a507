/**
 * How a job is found again: its id follows from what the caller repeats. With
 * a key that is the key; without one it is the body, and the moment at which
 * it came, cut into windows of the map's `retryWindow`.
 */
import type { Call } from "../domain/call.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { sha256Hex } from "../lib/sha256.ts";

const JOB_ID = /^job_[0-9a-f]{32}$/;

/** Whoever names a Durable Object makes it: only what can be an id may name one. */
export function isJobId(text: string): boolean {
  return JOB_ID.test(text);
}

/** Of what the caller sent: of the translation alone, two requests in Anthropic's language could be one. */
export function bodyHashOf({ request, native }: Pick<Call, "request" | "native">): Promise<string> {
  return sha256Hex(canonicalJson(native === null ? request : { request, native: native.body }));
}

export async function jobIdOfKey(tenant: string, key: string): Promise<string> {
  return `job_${(await sha256Hex(JSON.stringify(["key", tenant, key]))).slice(0, 32)}`;
}

/** In the window of `nowMs`, and in the one before it. */
export async function jobIdsOfBody(
  tenant: string,
  bodyHash: string,
  nowMs: number,
  windowMs: number,
): Promise<{ readonly present: string; readonly before: string }> {
  const window = Math.floor(nowMs / windowMs);
  const idIn = async (place: number): Promise<string> =>
    `job_${(await sha256Hex(JSON.stringify(["body", tenant, bodyHash, place]))).slice(0, 32)}`;
  const [present, before] = await Promise.all([idIn(window), idIn(window - 1)]);
  return { present, before };
}
