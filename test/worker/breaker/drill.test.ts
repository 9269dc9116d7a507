import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { setupNotice } from "../../../src/setup-notice.ts";
import { standardRouting } from "../../support/standard-routing.ts";
import { world } from "./entry.ts";
import { A, B, failedRun, objectOf, resetWorld, send, statusOf } from "./support.ts";

beforeEach(resetWorld);

/** What a human was told of the set-up. */
function told(): readonly string[] {
  return world.told.filter(({ kind }) => kind === "setup").map(({ why }) => why);
}

async function faultsIn(board: ReturnType<typeof objectOf>) {
  const reply = await board.snapshot(null);
  return reply.unchanged ? null : reply.snapshot.faults;
}

describe("the faults of a drill", () => {
  it("are in the next snapshot, and out of it once they are taken back", async () => {
    const board = objectOf("drill");
    expect(await faultsIn(board)).toEqual({});

    expect(await board.injectFaults({ [A]: "silent", [B]: "unreachable" })).toEqual({
      ok: true,
      value: { [A]: "silent", [B]: "unreachable" },
    });
    expect(await faultsIn(board)).toEqual({ [A]: "silent", [B]: "unreachable" });
    await board.injectFaults({ [A]: null });
    expect(await faultsIn(board)).toEqual({ [B]: "unreachable" });
  });

  it("end by themselves after a quarter of an hour, and with the object", async () => {
    const board = objectOf("forgotten drill");
    await board.injectFaults({ [A]: "silent" });
    world.aheadMs = 15 * 60_000;
    await runDurableObjectAlarm(board);
    expect(await faultsIn(board)).toEqual({});

    await board.injectFaults({ [A]: "silent" });
    await evictDurableObject(board);
    expect(await faultsIn(board)).toEqual({});
  });

  it("meet the probes too: a route that callers cannot reach is not closed by one", async () => {
    const board = objectOf("probed drill");
    await board.injectFaults({ [A]: "server_error" });
    await send(
      board,
      Array.from({ length: 5 }, (_none, place) => failedRun(place)),
    );
    world.aheadMs = 31_000;
    await runDurableObjectAlarm(board);

    expect(world.probed).toEqual([]);
    expect(await statusOf(board)).not.toBe("closed");
  });

  it.each([
    ["slow:3000", "closed"],
    ["cut", "closed"],
    ["slow:60000", "open"],
    ["empty", "open"],
  ])("let a probe pass where the provider would still say one word in time: %s, %s", async (fault, standing) => {
    const board = objectOf(`drill with ${fault}`);
    await board.injectFaults({ [A]: fault });
    await send(
      board,
      Array.from({ length: 5 }, (_none, place) => failedRun(place)),
    );
    world.aheadMs = 31_000;
    await runDurableObjectAlarm(board);

    expect(await statusOf(board)).toBe(standing);
  });

  it("are refused for a route that there is not", async () => {
    expect(await objectOf("wrong drill").injectFaults({ "hot/nobody": "silent" })).toMatchObject({
      ok: false,
      failure: { kind: "unknown_route" },
    });
  });
});

describe("what is missing in the set-up", () => {
  const routing = standardRouting({ hot: [{ provider: "openai", model: "gpt-4o" }] });

  it("is told by route and variable", () => {
    expect(setupNotice(routing, 0)).toMatchObject({
      kind: "setup",
      why: "hot/openai/gpt-4o: not set: OPENAI_API_KEY",
    });
    expect(setupNotice(standardRouting({ hot: [{ provider: "openai", model: "x", enabled: false }] }), 0)).toBeNull();
  });

  it("is told once, however often the object wakes, and again when it is something else", async () => {
    const board = objectOf("half set up");
    world.setup = setupNotice(routing, 0);
    world.told.length = 0;
    for (let wake = 0; wake < 3; wake++) {
      await board.snapshot(null);
      await evictDurableObject(board);
    }
    expect(told()).toEqual([world.setup?.why]);

    world.setup = world.setup && { ...world.setup, why: "another one" };
    await board.snapshot(null);
    expect(told()).toHaveLength(2);
  });
});
