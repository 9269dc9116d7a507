/**
 * The id of an answer, as its reply has it: the request's own id, and sealed
 * behind it for whom and by which route it was given. So whoever rates an
 * answer needs nothing but its id, and nobody has to keep a list of answers.
 */
import SipHash from "siphash";
import { sameSecret } from "../lib/constant-time.ts";
import { hmacKey } from "./server-key.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** SHA-256's first 16 bytes. */
const KEY_BYTES = 16;
/** Tenants times routes, within an hour. */
const MOST_KEYS = 1_000;

interface Answered {
  readonly tenant: string;
  readonly routeId: string;
  readonly secret: string;
}

/** Plain data that an isolate keeps, so that a seal takes no promise: the key of each hour, tenant and route. */
export type SealKeys = Map<string, Uint32Array>;

/** At once where this isolate has sealed an answer like it within the hour. */
export function answerId(
  requestId: string,
  answered: Answered,
  nowMs: number,
  keys: SealKeys,
): string | Promise<string> {
  const hour = Math.floor(nowMs / HOUR_MS).toString(36);
  const name = `${hour} ${answered.tenant} ${answered.routeId}`;
  const known = keys.get(name);
  if (known !== undefined) return idWith(known, requestId, hour);
  return keyOf(hour, answered).then((key) => {
    if (keys.size >= MOST_KEYS) keys.clear();
    keys.set(name, key);
    return idWith(key, requestId, hour);
  });
}

function idWith(key: Uint32Array, requestId: string, hour: string): string {
  return `${requestId}.${hour}-${sealOf(key, requestId)}`;
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
  const [, requestId = "", hour = "", seal = ""] = /^([\w-]{1,64})\.([0-9a-z]{1,8})-([0-9a-f]{16})$/.exec(id) ?? [];
  const ageMs = nowMs - Number.parseInt(hour, 36) * HOUR_MS;
  if (seal === "" || ageMs > DAY_MS + HOUR_MS || ageMs < -HOUR_MS) return null;
  for (const secret of secrets) {
    for (const routeId of routeIds) {
      const key = await keyOf(hour, { tenant, routeId, secret });
      if (sameSecret(seal, sealOf(key, requestId))) return { requestId, routeId };
    }
  }
  return null;
}

async function keyOf(hour: string, { tenant, routeId, secret }: Answered): Promise<Uint32Array> {
  const label = encoder.encode(`lisbon-answer\n${hour}\n${tenant}\n${routeId}`);
  const signed = await crypto.subtle.sign("HMAC", await hmacKey(secret), label);
  return new Uint32Array(signed, 0, KEY_BYTES / Uint32Array.BYTES_PER_ELEMENT);
}

/** 64 bits by SipHash-2-4, which is made for this: a keyed seal of a short text, in one thread and without a promise. */
function sealOf(key: Uint32Array, requestId: string): string {
  return SipHash.hash_hex(key, encoder.encode(requestId));
}

const encoder = new TextEncoder();
