/** A server key proves itself. */
import { describe, expect, it } from "vitest";
import { identify } from "../../../src/identity/identify.ts";
import { developmentKey, newKeyId, readServerKey } from "../../../src/identity/server-key.ts";
import { KEY_SECRET, serverKey } from "../../support/server-keys.ts";
import { world } from "../../support/identity-world.ts";
describe("a server key", () => {
  it("proves itself: its tenant and its id are read off it, and nobody is asked", async () => {
    const at = world();

    expect(await identify(serverKey("acme", "k12"), at)).toEqual({
      ok: true,
      value: {
        tenant: "acme",
        user: null,
        by: "server_key",
        keyId: "k12",
        kinds: null,
        maxTokens: null,
        origins: null,
        token: null,
      },
    });
    expect(at.fetched).toEqual([]);
  });

  it("is believed by the old secret too while a new one signs", async () => {
    const rotated = { ...world(), secrets: ["another-secret-of-thirty-two-characters", KEY_SECRET] };

    expect((await identify(serverKey("acme"), rotated)).ok).toBe(true);
    expect((await identify(serverKey("acme"), { ...world(), secrets: rotated.secrets.slice(0, 1) })).ok).toBe(false);
  });

  it.each([
    ["nothing", ""],
    ["another's signature", `${serverKey("acme").slice(0, -43)}${serverKey("other").slice(-43)}`],
    ["another tenant's name", serverKey("acme").replace("acme", "evil")],
    ["one character less", serverKey("acme").slice(0, -1)],
    ["one character more", `${serverKey("acme")}A`],
    ["no signature", "lsb_live_acme_tests"],
    ["a tenant that could be no name", "lsb_live_../x_tests_" + "A".repeat(43)],
    ["garbage of 100,000 characters", "lsb_" + "a".repeat(100_000)],
    ["dots for a token", "..."],
  ])("with %s is refused", async (_what, presented) => {
    expect(await identify(presented, world())).toEqual({ ok: false, failure: { kind: "unauthorized" } });
  });

  it("is the same for the same secret, as npm start prints it", async () => {
    const key = await developmentKey(KEY_SECRET);

    expect(key).toMatch(/^lsb_dev_default_dev_[\w-]{43}$/);
    expect(await developmentKey(KEY_SECRET)).toBe(key);
    expect(await readServerKey(key, [KEY_SECRET])).toMatchObject({ tenant: "default", id: "dev" });
  });

  it("has an id that nobody else has, and none that could be misread", () => {
    const ids = Array.from({ length: 1_000 }, newKeyId);

    expect(new Set(ids).size).toBe(1_000);
    expect(ids.every((id) => /^[a-km-np-z2-9]{12}$/.test(id))).toBe(true);
  });
});

describe("what was verified", () => {
  it("is remembered for a minute, so that a warm call pays no signature check", async () => {
    const at = world();
    const key = serverKey("acme");
    const first = identify(key, at);
    expect(first).toBeInstanceOf(Promise);
    await first;

    expect(identify(key, at)).toMatchObject({ ok: true });
    await at.clock.advance(60_001);
    expect(identify(key, at)).toBeInstanceOf(Promise);
  });

  it("is at most a thousand callers, and nothing of those who were refused", async () => {
    const at = world();
    for (let caller = 0; caller < 1_100; caller++) await identify(serverKey("acme", `caller${caller}`), at);
    for (let bad = 0; bad < 10_000; bad++) await identify(`${serverKey("acme", `bad${bad}`).slice(0, -1)}!`, at);

    expect(at.memory.verified.size).toBe(1_000);
  });
});
