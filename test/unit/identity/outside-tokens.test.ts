/** Identities that somebody else signs: who is believed, and who is not. */
import { describe, expect, it } from "vitest";
import { identify } from "../../../src/identity/identify.ts";
import {
  ISSUER,
  JWKS_URL,
  clerk,
  first,
  second,
  seconds,
  good,
  world,
  rsa,
  part,
  rs256,
  hs256,
} from "../../support/identity-world.ts";
describe("an identity of the app's own", () => {
  it("becomes a tenant and a user by its claims, with the kinds and the bounds of the map", async () => {
    const at = world();
    at.keys = [first.jwk];

    expect(await identify(rs256(first, good), at)).toMatchObject({
      ok: true,
      value: { tenant: "acme", user: "user_1", by: "identity", keyId: null, kinds: ["draft-email"], maxTokens: 500 },
    });
    expect(at.fetched).toEqual([JWKS_URL]);
  });

  it.each([
    ["another audience", rs256(first, { ...good, aud: "other" }), "aud"],
    ["no end", rs256(first, { ...good, exp: undefined }), "exp"],
    ["no user", rs256(first, { ...good, sub: undefined }), "sub"],
    ["a tenant that is no name", rs256(first, { ...good, org_id: "../other" }), "org_id"],
    ["no tenant", rs256(first, { ...good, org_id: undefined }), "org_id"],
    ["another's signature", rs256({ ...second, kid: "first" }, good), "signature"],
    ["alg none", `${part({ alg: "none", kid: "first" })}.${part(good)}.`, "alg"],
    ["the public key for an HMAC secret", hs256(first.pem, good, { kid: "first" }), "alg"],
    ["not yet valid", rs256(first, { ...good, nbf: seconds + 60 }), "nbf"],
  ])("with %s is refused, and says why", async (_what, token, why) => {
    const at = world();
    at.keys = [first.jwk];

    expect(await identify(token, at)).toEqual({
      ok: false,
      failure: { kind: "invalid_token", why: expect.stringContaining(why) },
    });
  });

  it("of an issuer that the map does not name is refused, and its keys are not fetched", async () => {
    const at = world();
    const token = rs256(first, { ...good, iss: "https://evil.test" });

    expect(await identify(token, at)).toMatchObject({ ok: false, failure: { kind: "invalid_token" } });
    expect(at.fetched).toEqual([]);
  });

  it("that has run out is told so, half a minute late", async () => {
    const at = world();
    at.keys = [first.jwk];
    await at.clock.advance(631_000);

    expect(await identify(rs256(first, good), at)).toEqual({ ok: false, failure: { kind: "token_expired" } });
  });

  it("of Clerk's kind, without an audience, is held to its authorized party", async () => {
    const at = world([{ ...clerk, audience: null, authorizedParties: ["https://app.example.com"] }]);
    at.keys = [first.jwk];
    const { aud: _, ...noAudience } = good;

    expect((await identify(rs256(first, { ...noAudience, azp: "https://app.example.com" }), at)).ok).toBe(true);
    expect(await identify(rs256(first, { ...noAudience, azp: "https://evil.test" }), at)).toMatchObject({
      ok: false,
      failure: { kind: "invalid_token", why: expect.stringContaining("azp") },
    });
  });

  it("is believed by a key that came after a rotation, whose set is fetched once a minute at most", async () => {
    const at = world();
    at.keys = [first.jwk];
    await identify(rs256(first, good), at);
    at.keys = [second.jwk];
    expect((await identify(rs256(second, good), at)).ok).toBe(false);

    await at.clock.advance(60_000);
    expect((await identify(rs256(second, good), at)).ok).toBe(true);
    for (let again = 0; again < 5; again++) await identify(rs256(rsa(`unknown-${again}`), good), at);
    expect(at.fetched).toHaveLength(2);
  });

  it("goes on being believed while its issuer is out of reach, for a day", async () => {
    const at = world();
    at.keys = [first.jwk];
    await identify(rs256(first, good), at);
    at.keys = "away";
    await at.clock.advance(23 * 3_600_000);
    const later = { ...good, exp: seconds + 3 * 86_400 };
    expect((await identify(rs256(first, later), at)).ok).toBe(true);

    await at.clock.advance(2 * 3_600_000);
    expect(await identify(rs256(first, { ...later, jti: "2" }), at)).toMatchObject({
      ok: false,
      failure: { kind: "unavailable" },
    });
  });

  it("brings nobody to fetch keys again and again that are not to be had", async () => {
    const at = world();
    at.keys = "away";
    for (let caller = 0; caller < 50; caller++) await identify(rs256(first, { ...good, sub: `u${caller}` }), at);
    expect(at.fetched).toHaveLength(1);

    at.keys = [first.jwk];
    await at.clock.advance(5_000);
    expect((await identify(rs256(first, good), at)).ok).toBe(true);
  });

  it("can be judged by nobody where its issuer's keys were never to be had: the caller is to try again", async () => {
    const at = world();
    at.keys = "away";

    expect(await identify(rs256(first, good), at)).toEqual({
      ok: false,
      failure: { kind: "unavailable", what: `The keys of ${ISSUER}`, retryAfterMs: 5_000 },
    });
  });
});
