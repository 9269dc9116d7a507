/**
 * Client tokens: short-lived JWTs for browsers and phones, signed (HS256) with
 * a server key of their tenant. `POST /v1/tokens` makes them, and whoever holds
 * the key can make them without asking: docs/callers.md has the claims.
 */
import { errors, jwtVerify, SignJWT } from "jose";
import * as z from "zod/mini";
import type { Refusal } from "../domain/refusal.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { readLabel, signKey, type KeyName } from "./server-key.ts";
import { SKEW_SECONDS, type Verdict } from "./verdict.ts";

export const TOKEN_SECONDS = { least: 300, most: 900 } as const;
const AUDIENCE = "lisbon";
const ALGORITHM = "HS256";
const USER_CHARS = 128;

export const user = z.string().check(z.minLength(1), z.maxLength(USER_CHARS));
const count = z.int().check(z.positive());
export const TokenWishes = z.strictObject({
  user,
  kinds: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(64))).check(z.minLength(1), z.maxLength(32))),
  max_tokens: z.optional(count),
  max_spend_usd: z.optional(z.number().check(z.positive())),
  requests_per_minute: z.optional(count),
  origins: z.optional(z.array(z.string().check(z.maxLength(256))).check(z.maxLength(16))),
  expires_in: z.optional(z.int().check(z.minimum(TOKEN_SECONDS.least), z.maximum(TOKEN_SECONDS.most))),
});
export type TokenWishes = z.infer<typeof TokenWishes>;

/** What we read of a token; other claims are nobody's business. */
const Claims = z.object({
  sub: user,
  iat: z.number(),
  exp: z.number(),
  jti: z.optional(z.string().check(z.minLength(1), z.maxLength(64))),
  tenant: z.optional(z.string()),
  ...z.pick(TokenWishes, {
    kinds: true,
    max_tokens: true,
    max_spend_usd: true,
    requests_per_minute: true,
    origins: true,
  }).shape,
});

export async function signClientToken(
  wishes: TokenWishes,
  serverKey: string,
  { tenant, label }: KeyName,
  nowMs: number,
): Promise<{ readonly token: string; readonly expiresAtMs: number; readonly expiresIn: number }> {
  const { user: sub, expires_in: expiresIn = 600, ...claims } = wishes;
  const iat = Math.floor(nowMs / 1000);
  const token = await new SignJWT({ ...claims, tenant, jti: crypto.randomUUID(), iat, exp: iat + expiresIn })
    .setProtectedHeader({ alg: ALGORITHM, typ: "JWT", kid: label })
    .setSubject(sub)
    .setAudience(AUDIENCE)
    .sign(encoder.encode(serverKey));
  return { token, expiresAtMs: (iat + expiresIn) * 1000, expiresIn };
}

/** `keyId`: of the token's header, which names the server key that signed it. */
export async function readClientToken(
  token: string,
  keyId: string,
  { secrets, nowMs }: { readonly secrets: readonly string[]; readonly nowMs: number },
): Promise<Verdict> {
  const name = readLabel(keyId);
  if (name === null) return fail({ kind: "invalid_token", why: "its kid names no server key" });
  let refused: Refusal = { kind: "invalid_token", why: "it was signed with another key" };
  for (const secret of secrets) {
    const read = await readSigned(token, name, await signKey(name.label, secret), nowMs);
    if (read.ok) return read;
    refused = read.failure;
    // Another secret will not make a wrong claim right.
    if (refused.kind !== "invalid_token" || refused.why !== WRONG_SIGNATURE) break;
  }
  return fail(refused);
}

const WRONG_SIGNATURE = "its signature does not fit";

async function readSigned(token: string, name: KeyName, serverKey: string, nowMs: number): Promise<Verdict> {
  const checked = await claimsOf(token, encoder.encode(serverKey), nowMs);
  if (!checked.ok) return checked;
  const claims = Claims.safeParse(checked.value);
  if (!claims.success) {
    return fail({
      kind: "invalid_token",
      why: `its claim ${String(claims.error.issues[0]?.path[0])} is missing or wrong`,
    });
  }
  const { sub, iat, exp, jti, tenant, kinds, max_tokens, max_spend_usd, requests_per_minute, origins } = claims.data;
  if (tenant !== undefined && tenant !== name.tenant) {
    return fail({ kind: "invalid_token", why: "its tenant is not the key's" });
  }
  const nowSeconds = nowMs / 1000;
  if (exp - iat > TOKEN_SECONDS.most || exp > nowSeconds + TOKEN_SECONDS.most + SKEW_SECONDS) {
    return fail({ kind: "invalid_token", why: `it lives longer than ${TOKEN_SECONDS.most} seconds` });
  }
  if (iat > nowSeconds + SKEW_SECONDS) return fail({ kind: "invalid_token", why: "its iat is in the future" });
  const counted = max_spend_usd !== undefined || requests_per_minute !== undefined;
  if (counted && jti === undefined)
    return fail({ kind: "invalid_token", why: "its limits need a jti to be counted by" });
  return ok({
    caller: {
      tenant: name.tenant,
      user: sub,
      by: "client_token",
      keyId: name.id,
      kinds: kinds ?? null,
      maxTokens: max_tokens ?? null,
      origins: origins ?? null,
      token:
        counted && jti !== undefined
          ? {
              id: `${name.id}.${jti}`,
              expiresAtMs: exp * 1000,
              maxUsd: max_spend_usd ?? null,
              requestsPerMinute: requests_per_minute ?? null,
            }
          : null,
    },
    untilMs: exp * 1000,
  });
}

async function claimsOf(token: string, key: Uint8Array, nowMs: number): Promise<Result<unknown, Refusal>> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      audience: AUDIENCE,
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(nowMs),
      requiredClaims: ["exp", "iat", "sub"],
    });
    return ok(payload);
  } catch (cause) {
    return fail(refusalOf(cause));
  }
}

/** In words for the developer whose token it is; nothing of the token itself. */
export function refusalOf(cause: unknown): Refusal {
  if (cause instanceof errors.JWTExpired) return { kind: "token_expired" };
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return { kind: "invalid_token", why: `its claim ${cause.claim} is missing or wrong` };
  }
  if (cause instanceof errors.JWSSignatureVerificationFailed) return { kind: "invalid_token", why: WRONG_SIGNATURE };
  if (cause instanceof errors.JOSEAlgNotAllowed) return { kind: "invalid_token", why: "its alg is not allowed" };
  return { kind: "invalid_token", why: "it cannot be read" };
}

const encoder = new TextEncoder();
