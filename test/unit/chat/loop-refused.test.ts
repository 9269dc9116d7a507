import { expect, it } from "vitest";
import type { KnownLoop } from "../../../src/breaker/breakers.ts";
import { fails, route, spine, type FakeProvider, type SpineOptions } from "../../support/spine.ts";

const REJECTS = fails(400, { message: "temperature 3 is too high", type: "invalid_request_error" });

function stage(more: Partial<SpineOptions> = {}, provider: FakeProvider = REJECTS) {
  return spine({ routes: [route("hot/a/one")], providers: { "a.test": provider }, ...more });
}

/** The hash is made after the reply, by the platform's own thread. */
async function notedBy(one: ReturnType<typeof stage>, request: Record<string, unknown> = {}) {
  await one.ask(request);
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  return one.noted;
}

it("is told after the reply with a fingerprint of the request, its kind of failure, and the provider's words", async () => {
  const [first] = await notedBy(stage());
  const [again] = await notedBy(stage(), { stream: true });
  const [other] = await notedBy(stage(), { messages: [{ role: "user", content: "another" }] });
  const [user] = await notedBy(stage(), { user: "somebody" });
  const [moved] = await notedBy(stage({ routes: [route("hot/a/one", { model: "a newer one" })] }));

  expect(first).toMatchObject({
    scope: { tenant: "default", kind: "auto" },
    id: expect.stringMatching(/^[0-9a-f]{12}$/),
    error: expect.stringMatching(/^request_rejected /),
    reason: expect.stringContaining("temperature"),
  });
  expect(again?.id).toBe(first?.id);
  expect(new Set([first?.id, other?.id, user?.id, moved?.id]).size).toBe(4);
});

it("is not told of an outage, nor of what an SDK sends again by itself", async () => {
  expect(await notedBy(stage({}, fails(503, { message: "down" })))).toEqual([]);
  expect(await notedBy(stage({}, fails(429, { message: "slow down", type: "rate_limit_error" })))).toEqual([]);
  expect(await notedBy(stage({ wishes: { isRetry: true } }))).toEqual([]);
});

it("is refused without a provider while it is blocked, with the reason and when it may be sent again", async () => {
  const [failing] = await notedBy(stage());
  const untilMs = stage().clock.now() + 100_000;
  const loop: KnownLoop = { error: "request_rejected", reason: "too high", untilMs };
  const blocked = stage({ loops: new Map([[failing?.id ?? "", loop]]) });

  expect(await blocked.ask()).toEqual({
    ok: false,
    failure: { kind: "request_loop", error: "request_rejected", reason: "too high", times: 3, retryAfterMs: 100_000 },
  });
  expect(blocked.trail.asked()).toBe(0);
  expect(await blocked.ask({ messages: [{ role: "user", content: "another" }] })).toMatchObject({
    failure: { kind: "request_rejected" },
  });
});
