/**
 * Is this push from the account that the map names? Pub/Sub signs each with an
 * OpenID Connect token: https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
 */
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import * as z from "zod/mini";
import type { PushSettings } from "../domain/routing.ts";
import type { Clock } from "../lib/clock.ts";
import type { Fetch } from "../lib/fetch.ts";
import { readTextWithin } from "../lib/read-text.ts";

export type PushVerdict =
  | { readonly kind: "verified" }
  /** For the log; the sender learns no more than that it was refused. */
  | { readonly kind: "refused"; readonly why: string }
  /** Nobody can say: the keys cannot be had. The sender is to try again. */
  | { readonly kind: "no_keys"; readonly why: string };

/** The keys as they were last fetched: plain data that an isolate may keep. Changed in place. */
export interface PushKeys {
  fetched: { readonly url: string; readonly keys: KeySet; readonly atMs: number } | null;
}

export function emptyPushKeys(): PushKeys {
  return { fetched: null };
}

export interface PushOutside {
  readonly keys: PushKeys;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

const KEYS_LAST_MS = 600_000;
/** For a key that is not among them they are fetched again, at most so often. */
const KEYS_AGAIN_MS = 60_000;
const FETCH_LIMIT_MS = 3_000;
const MAX_KEYS_BYTES = 262_144;
const SKEW_SECONDS = 60;

export async function verifyPush(token: string, settings: PushSettings, outside: PushOutside): Promise<PushVerdict> {
  const keyId = keyIdOf(token);
  if (keyId === null) return { kind: "refused", why: "it carries no token with a key id" };
  let keys: KeySet;
  try {
    keys = await keysFor(keyId, settings.jwksUrl, outside);
  } catch (cause) {
    return { kind: "no_keys", why: String(cause) };
  }
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: settings.issuer,
      audience: settings.audience,
      algorithms: ["RS256", "ES256"],
      requiredClaims: ["exp"],
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(outside.clock.now()),
    });
    const { email, email_verified: verified } = payload;
    if (email !== settings.email) return { kind: "refused", why: "it is another account's" };
    return verified === true ? { kind: "verified" } : { kind: "refused", why: "its e-mail is not verified" };
  } catch (cause) {
    return { kind: "refused", why: String(cause) };
  }
}

function keyIdOf(token: string): string | null {
  try {
    return decodeProtectedHeader(token).kid ?? null;
  } catch {
    return null;
  }
}

/** Rejects where they cannot be had. */
async function keysFor(keyId: string, url: string, outside: PushOutside): Promise<KeySet> {
  const { keys, clock } = outside;
  const known = keys.fetched?.url === url ? keys.fetched : null;
  const ageMs = known === null ? Infinity : clock.now() - known.atMs;
  if (known !== null && ageMs < KEYS_LAST_MS) {
    const isThere = known.keys.keys.some((key) => key["kid"] === keyId);
    if (isThere || ageMs < KEYS_AGAIN_MS) return known.keys;
  }
  const fetched = { url, keys: await fetchKeys(url, outside), atMs: clock.now() };
  keys.fetched = fetched;
  return fetched.keys;
}

async function fetchKeys(url: string, { fetch: send }: PushOutside): Promise<KeySet> {
  const response = await send(url, { redirect: "manual", signal: AbortSignal.timeout(FETCH_LIMIT_MS) });
  const text = response.ok ? await readTextWithin(response, MAX_KEYS_BYTES) : null;
  if (text === null) throw new Error(`the keys at ${url} answered ${response.status}`);
  return KeySet.parse(JSON.parse(text));
}

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });
type KeySet = z.infer<typeof KeySet>;
