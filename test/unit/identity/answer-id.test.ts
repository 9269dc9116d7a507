import { describe, expect, it } from "vitest";
import { answerId, readAnswerId } from "../../../src/identity/answer-id.ts";

const T = 1_763_000_000_000;
const DAY_MS = 86_400_000;
const SECRET = "a-secret-of-at-least-so-many-characters";
const UUID = "0b0e3c60-7d1c-4f5e-9a53-0d6a3a3d7c11";
const whose = { tenant: "acme", routeIds: ["hot/a", "warm/b"], secrets: [SECRET] };

async function given(routeId = "warm/b"): Promise<string> {
  return await answerId(UUID, { tenant: "acme", routeId, secret: SECRET }, T);
}

describe("an answer's id", () => {
  it("begins with the request's, fits a header, and tells its route to whom it was given", async () => {
    const id = await given();

    expect(id).toMatch(/^0b0e3c60-7d1c-4f5e-9a53-0d6a3a3d7c11\.[0-9a-z]+-[\w-]{12}$/);
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
