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

/** What one caller repeats is never found by another: neither another tenant's nor another user's. */
export function ownerOf({ tenant, user }: Pick<Call["from"], "tenant" | "user">): string {
  return user === null ? tenant : JSON.stringify([tenant, user]);
}

export async function jobIdOfKey(owner: string, key: string): Promise<string> {
  return `job_${(await sha256Hex(JSON.stringify(["key", owner, key]))).slice(0, 32)}`;
}

/** In the window of `nowMs`, and in the one before it. */
export async function jobIdsOfBody(
  owner: string,
  bodyHash: string,
  nowMs: number,
  windowMs: number,
): Promise<{ readonly present: string; readonly before: string }> {
  const window = Math.floor(nowMs / windowMs);
  const idIn = async (place: number): Promise<string> =>
    `job_${(await sha256Hex(JSON.stringify(["body", owner, bodyHash, place]))).slice(0, 32)}`;
  const [present, before] = await Promise.all([idIn(window), idIn(window - 1)]);
  return { present, before };
}
