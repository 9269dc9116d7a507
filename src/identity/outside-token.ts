/**
 * An identity of the app's own: a JWT of Clerk, Supabase, Firebase, Auth0 or
 * anybody with a JWKS URL, believed as the map's `identity` says.
 */
import { createLocalJWKSet, jwtVerify, type JWTPayload } from "jose";
import type { IdentityProvider } from "../domain/identity-provider.ts";
import { TENANT_NAME } from "../domain/tenant.ts";
import { fail, ok } from "../lib/result.ts";
import { refusalOf } from "./client-token.ts";
import { keysFor, type KeySet, type KeySetOutside } from "./key-sets.ts";
import { SKEW_SECONDS, type Verdict } from "./verdict.ts";

const RETRY_MS = 5_000;
const MOST_USER_CHARS = 128;

export async function readOutsideToken(
  token: string,
  keyId: string,
  provider: IdentityProvider,
  outside: KeySetOutside,
): Promise<Verdict> {
  let keys: KeySet;
  try {
    keys = await keysFor(keyId, provider.jwksUrl, outside);
  } catch {
    return fail({ kind: "unavailable", what: `The keys of ${provider.issuer}`, retryAfterMs: RETRY_MS });
  }
  let payload: JWTPayload;
  try {
    const checked = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: provider.issuer,
      ...(provider.audience !== null && { audience: provider.audience }),
      algorithms: [...provider.algorithms],
      requiredClaims: ["exp"],
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(outside.clock.now()),
    });
    payload = checked.payload;
  } catch (cause) {
    return fail(refusalOf(cause));
  }
  return callerOf(payload, provider);
}

function callerOf(payload: JWTPayload, provider: IdentityProvider): Verdict {
  const { authorizedParties, userClaim } = provider;
  if (authorizedParties !== null && !authorizedParties.some((party) => party === payload["azp"])) {
    return wrong("azp");
  }
  const user = payload[userClaim];
  if (typeof user !== "string" || user === "" || user.length > MOST_USER_CHARS) return wrong(userClaim);
  const tenant = "name" in provider.tenant ? provider.tenant.name : payload[provider.tenant.claim];
  if (typeof tenant !== "string" || !TENANT_NAME.test(tenant)) {
    return wrong("claim" in provider.tenant ? provider.tenant.claim : "tenant");
  }
  return ok({
    caller: {
      tenant,
      user,
      by: "identity",
      keyId: null,
      kinds: provider.kinds,
      maxTokens: provider.maxTokens,
      origins: null,
      token: null,
    },
    untilMs: (payload.exp ?? 0) * 1000,
  });
}

function wrong(claim: string): Verdict {
  return fail({ kind: "invalid_token", why: `its claim ${claim} is missing or wrong` });
}
