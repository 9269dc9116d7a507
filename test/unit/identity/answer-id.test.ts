import SipHash from "siphash";
import { describe, expect, it } from "vitest";
import { answerId, readAnswerId, type SealKeys } from "../../../src/identity/answer-id.ts";

const T = 1_763_000_000_000;
const DAY_MS = 86_400_000;
const SECRET = "a-secret-of-at-least-so-many-characters";
const UUID = "0b0e3c60-7d1c-4f5e-9a53-0d6a3a3d7c11";
const whose = { tenant: "acme", routeIds: ["hot/a", "warm/b"], secrets: [SECRET] };

async function given(routeId = "warm/b", keys: SealKeys = new Map(), atMs = T): Promise<string> {
  return await answerId(UUID, { tenant: "acme", routeId, secret: SECRET }, atMs, keys);
}

function bytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, at) => at);
}

describe("an answer's id", () => {
  it("begins with the request's, fits a header, and tells its route to whom it was given", async () => {
    const id = await given();

    expect(id).toMatch(/^0b0e3c60-7d1c-4f5e-9a53-0d6a3a3d7c11\.[0-9a-z]+-[0-9a-f]{16}$/);
    expect(await readAnswerId(id, whose, T + 1_000)).toEqual({ requestId: UUID, routeId: "warm/b" });
  });

  it.each([
    ["another tenant's", { tenant: "other" }],
    ["of a route that is gone", { routeIds: ["hot/a"] }],
    ["of a secret that is gone", { secrets: ["another-secret-of-so-many-characters"] }],
    ["with no secret at all", { secrets: [] }],
  ])("%s is nobody's", async (_what, more) => {
    expect(await readAnswerId(await given(), { ...whose, ...more }, T)).toBeNull();
  });

  it("survives a new secret beside the old one", async () => {
    const secrets = ["a-new-secret-of-so-many-characters", SECRET];
    expect(await readAnswerId(await given(), { ...whose, secrets }, T)).not.toBeNull();
  });

  it("counts for a day", async () => {
    expect(await readAnswerId(await given(), whose, T + DAY_MS)).not.toBeNull();
    expect(await readAnswerId(await given(), whose, T + DAY_MS + 2 * 3_600_000)).toBeNull();
  });

  it("is made without a promise where the hour's key is known, and is the same", async () => {
    const keys: SealKeys = new Map();
    const first = await given("warm/b", keys);

    expect(answerId(UUID, { tenant: "acme", routeId: "warm/b", secret: SECRET }, T, keys)).toBe(first);
    expect(await given("hot/a", keys)).not.toBe(first);
    expect(await given("warm/b", keys, T + 3_600_000)).not.toBe(first);
  });

  it("keeps no more than so many keys", async () => {
    const keys: SealKeys = new Map();
    for (let route = 0; route < 1_001; route++) await given(`hot/${route}`, keys);

    expect(keys.size).toBe(1);
  });

  it("is sealed as SipHash-2-4's authors say", () => {
    // The paper's own example: https://www.aumasson.jp/siphash/siphash.pdf, appendix A.
    const key = new Uint32Array(bytes(16).buffer);
    expect(SipHash.hash_hex(key, bytes(15))).toBe("a129ca6149be45e5");
  });

  it("that was changed in any place is nobody's", async () => {
    const id = await given();
    for (const place of id.split("").keys()) {
      const changed = id.slice(0, place) + (id[place] === "0" ? "1" : "0") + id.slice(place + 1);
      expect(await readAnswerId(changed, whose, T)).toBeNull();
    }
    for (const text of [UUID, "", ".-", "x".repeat(128), `${id}x`])
      expect(await readAnswerId(text, whose, T)).toBeNull();
  });
});
