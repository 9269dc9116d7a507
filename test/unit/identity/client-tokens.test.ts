/** Tokens of browsers and phones: who is believed, and who is not. */
import { describe, expect, it } from "vitest";
import { identify } from "../../../src/identity/identify.ts";
import { signClientToken } from "../../../src/identity/client-token.ts";
import { signKey } from "../../../src/identity/server-key.ts";
import { serverKey } from "../../support/server-keys.ts";
import { NIGHT_MS, seconds, world, part, hs256 } from "../../support/identity-world.ts";
describe("a client token", () => {
  const key = serverKey("acme", "k12");
  const label = "lsb_live_acme_k12";
  const name = { tenant: "acme", id: "k12", label };

  async function made(wishes: object = {}): Promise<string> {
    return (await signClientToken({ user: "u1", ...wishes }, key, name, NIGHT_MS)).token;
  }

  const claims = { aud: "lisbon", sub: "u1", iat: seconds, exp: seconds + 600 };

  it("says whose it is and what it may choose", async () => {
    const token = await made({
      kinds: ["draft-email"],
      max_tokens: 300,
      max_spend_usd: 0.05,
      requests_per_minute: 20,
      origins: ["https://app.example.com"],
    });

    expect(await identify(token, world())).toEqual({
      ok: true,
      value: {
        tenant: "acme",
        user: "u1",
        by: "client_token",
        keyId: "k12",
        kinds: ["draft-email"],
        maxTokens: 300,
        origins: ["https://app.example.com"],
        token: {
          id: expect.stringMatching(/^k12\./),
          expiresAtMs: NIGHT_MS + 600_000,
          maxUsd: 0.05,
          requestsPerMinute: 20,
        },
      },
    });
  });

  it("may be made by whoever holds the server key, without asking", async () => {
    expect(await identify(hs256(key, claims, { kid: label }), world())).toMatchObject({
      ok: true,
      value: { tenant: "acme", user: "u1", keyId: "k12" },
    });
  });

  it.each([
    ["alg none", `${part({ alg: "none", kid: label })}.${part(claims)}.`, "alg"],
    ["alg none, spelt otherwise", `${part({ alg: "nOnE", kid: label })}.${part(claims)}.`, "alg"],
    ["another algorithm of the same secret", hs256(key, claims, { alg: "HS512", kid: label }), "alg"],
    ["the public part of the key for its secret", hs256(label, claims, { kid: label }), "signature"],
    ["another tenant's key", hs256(serverKey("other", "k12"), claims, { kid: label }), "signature"],
    ["a kid that is no key", hs256(key, claims, { kid: "../../etc/passwd" }), "kid"],
    ["no kid", hs256(key, claims, {}), "kid"],
    ["another audience", hs256(key, { ...claims, aud: "other" }, { kid: label }), "aud"],
    ["a tenant that is not the key's", hs256(key, { ...claims, tenant: "other" }, { kid: label }), "tenant"],
    ["no user", hs256(key, { ...claims, sub: undefined }, { kid: label }), "sub"],
    ["no end", hs256(key, { ...claims, exp: undefined }, { kid: label }), "exp"],
    ["no beginning", hs256(key, { ...claims, iat: undefined }, { kid: label }), "iat"],
    ["more than 15 minutes to live", hs256(key, { ...claims, exp: seconds + 901 }, { kid: label }), "900 seconds"],
    [
      "its times in milliseconds",
      hs256(key, { ...claims, iat: NIGHT_MS, exp: NIGHT_MS + 600 }, { kid: label }),
      "900 seconds",
    ],
    [
      "a beginning in the future",
      hs256(key, { ...claims, iat: seconds + 60, exp: seconds + 90 }, { kid: label }),
      "iat",
    ],
    ["not yet valid", hs256(key, { ...claims, nbf: seconds + 60 }, { kid: label }), "nbf"],
    ["limits and nothing to count them by", hs256(key, { ...claims, max_spend_usd: 1 }, { kid: label }), "jti"],
    ["a negative limit", hs256(key, { ...claims, jti: "1", max_tokens: -1 }, { kid: label }), "max_tokens"],
  ])("with %s is refused, and says why", async (_what, token, why) => {
    expect(await identify(token, world())).toEqual({
      ok: false,
      failure: { kind: "invalid_token", why: expect.stringContaining(why) },
    });
  });

  it("has run out half a minute after its end, for a phone's clock may be off", async () => {
    const at = world();
    const token = await made({ expires_in: 300 });
    await at.clock.advance(329_000);
    expect((await identify(token, at)).ok).toBe(true);

    await at.clock.advance(2_000);
    expect(await identify(token, at)).toEqual({ ok: false, failure: { kind: "token_expired" } });
  });

  it("of another deployment's secret is refused", async () => {
    const theirs = await signKey(label, "somebody-elses-secret-of-thirty-two-chars");
    const { token } = await signClientToken({ user: "u1" }, theirs, name, NIGHT_MS);

    expect((await identify(token, world())).ok).toBe(false);
  });
});
