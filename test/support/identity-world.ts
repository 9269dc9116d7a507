/** Who signs and who believes: real keys, real signatures, a clock in the test's hand. */
import { createHmac, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { IdentityProvider } from "../../src/domain/identity-provider.ts";
import { emptyIdentityMemory, type IdentityOutside } from "../../src/identity/identify.ts";
import { createFakeClock } from "./fake-clock.ts";
import { KEY_SECRET } from "./server-keys.ts";

export const ISSUER = "https://sign-in.test";
export const JWKS_URL = `${ISSUER}/jwks`;
export const clerk: IdentityProvider = {
  issuer: ISSUER,
  jwksUrl: JWKS_URL,
  audience: "lisbon-app",
  authorizedParties: null,
  algorithms: ["RS256", "ES256"],
  tenant: { claim: "org_id" },
  userClaim: "sub",
  kinds: ["draft-email"],
  maxTokens: 500,
};

interface World extends IdentityOutside {
  readonly clock: ReturnType<typeof createFakeClock>;
  /** Every JWKS that was asked for. */
  readonly fetched: string[];
  keys: readonly object[] | "away";
}

export const NIGHT_MS = Date.UTC(2026, 10, 21, 3);

export function world(providers: readonly IdentityProvider[] = [clerk]): World {
  const fetched: string[] = [];
  const made: World = {
    memory: emptyIdentityMemory(),
    secrets: [KEY_SECRET],
    providers,
    clock: createFakeClock(NIGHT_MS),
    fetched,
    keys: [],
    fetch: (url) => {
      fetched.push(url);
      return made.keys === "away"
        ? Promise.reject(new Error("unreachable"))
        : Promise.resolve(Response.json({ keys: made.keys }));
    },
  };
  return made;
}

export function rsa(kid: string): {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: object;
  readonly pem: string;
} {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
  return { kid, privateKey, jwk, pem: publicKey.export({ type: "spki", format: "pem" }).toString() };
}

export const first = rsa("first");
export const second = rsa("second");
export const seconds = Math.floor(NIGHT_MS / 1000);

export function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** A token by hand, so that what a library would never write can be written too. */
export function rs256(key: ReturnType<typeof rsa>, claims: object, header: object = {}): string {
  const signed = `${part({ alg: "RS256", kid: key.kid, ...header })}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key.privateKey, "base64url")}`;
}

export function hs256(secret: string, claims: object, header: object): string {
  const signed = `${part({ alg: "HS256", ...header })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

export const good = { iss: ISSUER, aud: "lisbon-app", sub: "user_1", org_id: "acme", iat: seconds, exp: seconds + 600 };
