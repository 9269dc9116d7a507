/** Which calls get an `Idempotency-Key`, and what becomes of those that have one. */
import { describe, expect, it } from "vitest";
import { answers, type Arrived, BASE, refusesConnections, stage, START_MS, thrownBy } from "./stage.ts";

function keysOf(arrived: readonly Arrived[]): readonly (string | null)[] {
  return arrived.map(({ headers }) => headers.get("idempotency-key"));
}

/** An answer whose body breaks off. */
function torn(): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"id":'));
      controller.error(new TypeError("terminated"));
    },
  });
  return new Response(body, { headers: { "content-type": "application/json" } });
}

describe("without resume", () => {
  it("gives no call a key, for calls with one are slower", async () => {
    const { ask, arrived } = stage(() => answers());
    await ask();

    expect(keysOf(arrived)).toEqual([null]);
  });

  it("does not send a call without a key a second time", async () => {
    const { ask, arrived } = stage(refusesConnections);

    expect(await thrownBy(ask())).toBeInstanceOf(TypeError);
    expect(arrived).toHaveLength(1);
  });

  it("sends a call that brought its own again", async () => {
    const { ask, arrived } = stage((_request, place) => (place < 2 ? refusesConnections() : answers()));

    expect((await ask({}, { "idempotency-key": "mine" })).status).toBe(200);
    expect(keysOf(arrived)).toEqual(["mine", "mine", "mine"]);
  });
});

describe("with resume", () => {
  it("gives each call that changes something a key of its own", async () => {
    const { ask, arrived } = stage(() => answers(), { resume: true });
    await ask();
    await ask();

    const [first, second] = keysOf(arrived);
    expect(first).toMatch(/^js-[0-9a-f]{32}$/);
    expect(second).toMatch(/^js-[0-9a-f]{32}$/);
    expect(second).not.toBe(first);
  });

  it("leaves a key alone that is there, in a header or in the body", async () => {
    const { ask, arrived } = stage(() => answers(), { resume: true });
    await ask({}, { "idempotency-key": "mine" });
    await ask({ idempotencyKey: "in the body" });

    expect(keysOf(arrived)).toEqual(["mine", null]);
  });

  it("gives a call that only reads none", async () => {
    const { lisbon, arrived } = stage(() => Response.json({ data: [] }), { resume: true });
    await lisbon.fetch(`${BASE}/models`);

    expect(keysOf(arrived)).toEqual([null]);
  });

  it("gives an SDK's own repeat the key of its first try", async () => {
    const { ask, arrived } = stage(() => answers(), { resume: true });
    await ask();
    await ask({}, { "x-stainless-retry-count": "1" });

    const [first, second] = keysOf(arrived);
    expect(second).toBe(first);
  });

  it("gives a repeat of another call another key", async () => {
    const { ask, arrived } = stage(() => answers(), { resume: true });
    await ask({ user: "one" });
    await ask({ user: "two" }, { "x-stainless-retry-count": "1" });

    expect(new Set(keysOf(arrived)).size).toBe(2);
  });

  it("asks again where the answer's body breaks off", async () => {
    const { ask, arrived } = stage((_request, place) => (place === 0 ? torn() : answers("whole")), { resume: true });

    expect(await (await ask()).json()).toMatchObject({ choices: [{ message: { content: "whole" } }] });
    expect(new Set(keysOf(arrived)).size).toBe(1);
  });

  it("gives up after a bounded number of tries, each later than the one before", async () => {
    const { ask, arrived } = stage(refusesConnections, { resume: true, mostResumes: 3 });
    expect(await thrownBy(ask())).toMatchObject({ code: "connection_lost", cause: expect.any(TypeError) });
    expect(arrived.map(({ atMs }) => atMs - START_MS)).toEqual([0, 0, 500, 1_500]);
  });

  it("stops as soon as the caller hangs up", async () => {
    const hangUp = new AbortController();
    const { ask, arrived } = stage(
      () => {
        hangUp.abort(new Error("enough"));
        return refusesConnections();
      },
      { resume: true },
    );

    expect(await thrownBy(ask({}, {}, hangUp.signal))).toMatchObject({ message: "enough" });
    expect(arrived).toHaveLength(1);
  });
});
