/**
 * Is this push from the account that the map names? Pub/Sub signs each with an
 * OpenID Connect token: https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
 */
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import type { PushSettings } from "../domain/routing.ts";
import { keysFor, type KeySet, type KeySetOutside } from "../identity/key-sets.ts";

export type PushVerdict =
  | { readonly kind: "verified" }
  /** For the log; the sender learns no more than that it was refused. */
  | { readonly kind: "refused"; readonly why: string }
  /** Nobody can say: the keys cannot be had. The sender is to try again. */
  | { readonly kind: "no_keys"; readonly why: string };

const SKEW_SECONDS = 60;

export async function verifyPush(token: string, settings: PushSettings, outside: KeySetOutside): Promise<PushVerdict> {
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
