/**
 * Public keys of those who sign identities, fetched from their JWKS URL and
 * kept by the isolate as plain JSON. A signer that cannot be reached is no
 * reason to keep out whom its known keys vouch for.
 */
import * as z from "zod/mini";
import type { Clock } from "../lib/clock.ts";
import type { Fetch } from "../lib/fetch.ts";
import { readTextWithin } from "../lib/read-text.ts";

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });
export type KeySet = z.infer<typeof KeySet>;

interface Fetched {
  readonly keys: KeySet;
  /** `-Infinity`: they were never to be had. */
  readonly atMs: number;
  /** When they were last asked for, with or without an answer. */
  readonly askedAtMs: number;
}

/** By URL. Plain data; changed in place. */
export type KeySets = Map<string, Fetched>;

export interface KeySetOutside {
  readonly keySets: KeySets;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

const FRESH_MS = 600_000;
/** For a key that is not among them, and after a fetch that failed, they are fetched again at most so often. */
const AGAIN_MS = 60_000;
/** Where none were ever had. */
const FAILED_AGAIN_MS = 5_000;
const NO_KEYS: KeySet = { keys: [] };
/** Keys that could not be fetched anew for so long are believed no more. */
const STALE_MS = 24 * 3_600_000;
const FETCH_LIMIT_MS = 3_000;
const MAX_BYTES = 262_144;

/** Rejects where they cannot be had. */
export async function keysFor(keyId: string, url: string, outside: KeySetOutside): Promise<KeySet> {
  const { keySets, clock } = outside;
  const now = clock.now();
  const known = keySets.get(url);
  if (known !== undefined) {
    const isThere = known.keys.keys.some((key) => key["kid"] === keyId);
    if (now - known.atMs < FRESH_MS && isThere) return known.keys;
    if (now - known.askedAtMs < AGAIN_MS && now - known.atMs < STALE_MS) return known.keys;
    if (now - known.askedAtMs < FAILED_AGAIN_MS && now - known.atMs >= STALE_MS) throw new Error(`no keys at ${url}`);
    keySets.set(url, { ...known, askedAtMs: now });
  }
  try {
    const keys = await fetchKeys(url, outside.fetch);
    keySets.set(url, { keys, atMs: clock.now(), askedAtMs: now });
    return keys;
  } catch (cause) {
    if (known !== undefined && now - known.atMs < STALE_MS) return known.keys;
    // Only now: who asks at the same time for the first time asks too.
    keySets.set(url, { keys: NO_KEYS, atMs: -Infinity, askedAtMs: now });
    throw cause;
  }
}

async function fetchKeys(url: string, send: Fetch): Promise<KeySet> {
  const response = await send(url, { redirect: "manual", signal: AbortSignal.timeout(FETCH_LIMIT_MS) });
  const text = response.ok ? await readTextWithin(response, MAX_BYTES) : null;
  if (text === null) throw new Error(`the keys at ${url} answered ${response.status}`);
  return KeySet.parse(JSON.parse(text));
}
