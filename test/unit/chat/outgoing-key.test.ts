import { describe, expect, it } from "vitest";
import { answers, fails, route, spine, type FakeProvider } from "../../support/spine.ts";

const one = route("hot/a/one");
const two = route("hot/b/two");

/** The keys that the providers saw, in order. */
async function keysOf(request: Record<string, unknown>, firstFails = true): Promise<readonly (string | null)[]> {
  const keys: (string | null)[] = [];
  let tries = 0;
  const noting =
    (answer: () => Promise<Response>): FakeProvider =>
    ({ headers }) => {
      keys.push(headers.get("idempotency-key"));
      return answer();
    };
  const failing = fails(500, { message: "down" });
  const at = spine({
    routes: [one, two],
    providers: {
      "a.test": noting(() => (firstFails && tries++ < 2 ? failing() : answers())),
      "b.test": noting(() => answers()),
    },
  });
  await at.ask(request);
  return keys;
}

describe("the Idempotency-Key that a provider gets", () => {
  it("is SHA-256, the same for each try on one route and another one on the next", async () => {
    const [first, retry, next] = await keysOf({});

    expect(first).toMatch(/^[\da-f]{64}$/);
    expect(retry).toBe(first);
    expect(next).toMatch(/^[\da-f]{64}$/);
    expect(next).not.toBe(first);
  });

  it("is the same for the same question asked again, as a job's later run does", async () => {
    expect(await keysOf({}, false)).toEqual((await keysOf({})).slice(0, 1));
  });

  it.each([
    ["user", { user: "u-2" }],
    ["question", { messages: [{ role: "user", content: "something else" }] }],
    ["parameter", { temperature: 0.1 }],
  ])("is another one for another %s", async (_what, more) => {
    const [plain] = await keysOf({ user: "u-1" }, false);
    const [other] = await keysOf({ user: "u-1", ...more }, false);

    expect(other).not.toBe(plain);
  });
});
