/** Flags and kill switches, thrown at one isolate and obeyed by three, one of them idle. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN, type Called, type IsolateStage, startIsolateStage } from "../support/isolate-stage.ts";
import { pause } from "../support/scripted-provider.ts";

const SEEN_WITHIN_MS = 5_000;
const DEAD = { status: 503, body: { error: { message: "down" } } };

let stage: IsolateStage;

beforeAll(async () => {
  stage = await startIsolateStage();
});

afterAll(() => stage.dispose());

async function throwSwitches(body: unknown): Promise<Response> {
  return await fetch(`${stage.urls[0]}/admin/flags`, { method: "POST", headers: ADMIN, body: JSON.stringify(body) });
}

/** Asks these isolates until they have seen it. */
async function seenBy(isolates: readonly number[], expected: Partial<Called>): Promise<void> {
  await expect
    .poll(() => Promise.all(isolates.map((isolate) => stage.call(isolate, "outage"))), {
      timeout: SEEN_WITHIN_MS,
      interval: 100,
    })
    .toEqual(isolates.map(() => expect.objectContaining(expected)));
}

describe("a switch is seen by every isolate within 5 s", () => {
  it("when it kills a route, and when it takes that back", async () => {
    for (const isolate of [0, 1, 2]) expect((await stage.call(isolate, "outage")).route).toBe("first");

    const thrownAtMs = Date.now();
    expect((await throwSwitches({ routes: { first: false } })).status).toBe(200);
    await seenBy([0, 1], { route: "last", attempts: 1 });
    // The third sees nobody until the time is nearly over, and must know at its first call.
    await pause(thrownAtMs + SEEN_WITHIN_MS - 500 - Date.now());
    expect(await stage.call(2, "outage")).toMatchObject({ route: "last", attempts: 1 });

    await throwSwitches({ routes: { first: true } });
    await seenBy([0, 1, 2], { route: "first", attempts: 1 });
  });

  it.each([
    // Warm answers unless it is switched off; then the call is parked, unless that is switched off too.
    { enable_warm_fallback: false, enable_cold_queue: true, status: 202 },
    { enable_warm_fallback: true, enable_cold_queue: true, status: 200 },
    { enable_warm_fallback: false, enable_cold_queue: false, status: 503 },
    { enable_warm_fallback: true, enable_cold_queue: false, status: 200 },
  ])("when the flags are warm $enable_warm_fallback and cold $enable_cold_queue", async ({ status, ...flags }) => {
    stage.illness("first", DEAD);
    await throwSwitches({ flags });

    await seenBy([0, 1, 2], { status });
    stage.illness("first", null);
    await throwSwitches({ flags: { enable_warm_fallback: null, enable_cold_queue: null } });
  });
});

describe("what the watchdog puts first", () => {
  it("is first for every isolate though the route before it is well again, and no longer once a person has ended it", async () => {
    const post = async (path: string, body = {}): Promise<unknown> =>
      await (
        await fetch(`${stage.urls[0]}${path}`, { method: "POST", headers: ADMIN, body: JSON.stringify(body) })
      ).json();
    await post("/admin/breakers/reset", { route: "first" });
    await seenBy([0], { route: "first", attempts: 1 });
    stage.illness("first", { status: 404, body: { error: { message: "no such model", code: "model_not_found" } } });
    for (let call = 0; call < 3; call++) await stage.call(0, "spared");
    stage.illness("first", null);
    await expect
      .poll(() => post("/watch/tick"), { timeout: SEEN_WITHIN_MS })
      .toMatchObject({
        acting: { preferred: [{ kind: "spared", route: "spare", instead: "first" }, { kind: "auto" }] },
      });
    await post("/admin/breakers/reset", { route: "first" });

    await seenBy([0, 1, 2], { route: "first", attempts: 1 });
    await expect
      .poll(() => Promise.all([0, 1, 2].map((isolate) => stage.call(isolate, "spared"))), { timeout: SEEN_WITHIN_MS })
      .toEqual([0, 1, 2].map(() => expect.objectContaining({ route: "spare", attempts: 1 })));
    expect(await stage.call(1, "first")).toMatchObject({ route: "first" });

    expect(await post("/admin/watch/release?kind=spared")).toEqual({ released: true });
    expect(await post("/admin/watch/release?kind=spared")).toEqual({ released: false });
    await expect
      .poll(() => Promise.all([0, 1, 2].map((isolate) => stage.call(isolate, "spared"))), { timeout: SEEN_WITHIN_MS })
      .toEqual([0, 1, 2].map(() => expect.objectContaining({ route: "first", attempts: 1 })));
  });
});

describe("health", () => {
  it("is 503 once no route can answer, though Warm itself is well", async () => {
    const hot = ["first", "bill-1", "bill-2", "bill-3", "bill-4"];
    const switched = (on: boolean) => Object.fromEntries(hot.map((id) => [id, on]));
    expect(await health()).toBe(200);

    await throwSwitches({ flags: { enable_warm_fallback: false }, routes: switched(false) });
    await expect.poll(health, { timeout: SEEN_WITHIN_MS }).toBe(503);

    await throwSwitches({ flags: { enable_warm_fallback: null }, routes: switched(true) });
    await expect.poll(health, { timeout: SEEN_WITHIN_MS }).toBe(200);
  });
});

describe("several switches of which one does not exist", () => {
  it("are all left as they were", async () => {
    const refused = await throwSwitches({ flags: { enable_warm_fallback: false }, routes: { typo: false } });
    expect(refused.status).toBe(400);

    const now = await fetch(`${stage.urls[0]}/admin/flags`, { headers: ADMIN });
    expect(await now.json()).toMatchObject({ flags: { enable_warm_fallback: { switched: false } } });
  });
});

describe("a switch that there is not", () => {
  it.each([
    [{ flags: { enable_magic: true } }, "flags.enable_magic", "enable_warm_fallback"],
    [{ routes: { frist: false } }, "routes.frist", "first"],
    [{ flags: { enable_warm_fallback: "no" } }, "flags.enable_warm_fallback", "boolean"],
  ])("is refused, and the answer names the field and what there is (%j)", async (body, param, hint) => {
    const refused = await throwSwitches(body);

    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { param, message: expect.stringContaining(hint) } });
  });

  it("and nobody without the admin key throws any", async () => {
    const refused = await fetch(`${stage.urls[0]}/admin/flags`, { method: "POST", body: "{}" });

    expect(refused.status).toBe(401);
  });
});

async function health(): Promise<number> {
  return (await fetch(`${stage.urls[0]}/health`)).status;
}
