/**
 * The id of an answer, as its reply has it: the request's own id, and sealed
 * behind it for whom and by which route it was given. So whoever rates an
 * answer needs nothing but its id, and nobody has to keep a list of answers.
 */
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** 72 of the hash's 256 bits: too few to go on hashing from, too many to guess. */
const SEAL_CHARS = 12;

interface Answered {
  readonly tenant: string;
  readonly routeId: string;
  readonly secret: string;
}

export async function answerId(requestId: string, answered: Answered, nowMs: number): Promise<string> {
  const hour = Math.floor(nowMs / HOUR_MS).toString(36);
  return `${requestId}.${hour}-${await sealOf(requestId, hour, answered)}`;
}

export interface WhoseAnswer {
  readonly tenant: string;
  /** Of the map as it is now. */
  readonly routeIds: readonly string[];
  /** Old ones count as long as their keys do. */
  readonly secrets: readonly string[];
}

/** Null: not the id of an answer that this tenant was given by one of these routes within the last day. */
export async function readAnswerId(
  id: string,
  { tenant, routeIds, secrets }: WhoseAnswer,
  nowMs: number,
): Promise<{ readonly requestId: string; readonly routeId: string } | null> {
  const [, requestId = "", hour = "", seal = ""] = /^([\w-]{1,64})\.([0-9a-z]{1,8})-([\w-]{12})$/.exec(id) ?? [];
  const ageMs = nowMs - Number.parseInt(hour, 36) * HOUR_MS;
  if (seal === "" || ageMs > DAY_MS + HOUR_MS || ageMs < -HOUR_MS) return null;
  for (const secret of secrets) {
    for (const routeId of routeIds) {
      if ((await sealOf(requestId, hour, { tenant, routeId, secret })) === seal) return { requestId, routeId };
    }
  }
  return null;
}

async function sealOf(requestId: string, hour: string, { tenant, routeId, secret }: Answered): Promise<string> {
  const text = `lisbon-answer\n${secret}\n${requestId}\n${hour}\n${tenant}\n${routeId}`;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
  return hash.toBase64({ alphabet: "base64url", omitPadding: true }).slice(0, SEAL_CHARS);
}

const encoder = new TextEncoder();
