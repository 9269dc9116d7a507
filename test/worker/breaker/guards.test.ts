import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { Snapshot } from "../../../src/breaker/switchboard-port.ts";
import type { Switchboard } from "./entry.ts";
import { world } from "./entry.ts";
import { objectOf, report, resetWorld } from "./support.ts";

type Board = DurableObjectStub<Switchboard>;

beforeEach(resetWorld);

const FAILING = { mark: "m", id: "0123456789ab", tenant: "acme", kind: "draft", error: "request_rejected - #1" };

function fail(board: Board, isolate: string) {
  return board.report({ isolate, knownVersion: null, runs: [], failing: [{ ...FAILING, n: 1, agoMs: 0 }] });
}

function inVain(board: Board, isolate: string, first = 0) {
  const exhausted = [{ kind: "auto", first, count: 1, beganAgoMs: 100 }];
  return board.report({ isolate, knownVersion: null, runs: [], exhausted });
}

async function snapshotOf(board: Board): Promise<Snapshot> {
  const reply = await board.snapshot(null);
  if (reply.unchanged) throw new Error("it never is");
  return reply.snapshot;
}

describe("a request that loops", () => {
  it("is counted over an eviction, travels in the snapshot, is in the overview and is told", async () => {
    const board = objectOf("loops");
    await fail(board, "one");
    await fail(board, "two");
    await evictDurableObject(board);
    const known = (await snapshotOf(board)).version;
    const { reply } = await fail(board, "three");

    expect(reply).toMatchObject({ unchanged: false });
    expect(await board.snapshot(known)).toMatchObject({
      unchanged: false,
      snapshot: { loops: { m: { request_rejected: { "0123456789ab": expect.any(Number) } } } },
    });
    expect((await board.overview()).loops).toMatchObject([{ id: "0123456789ab", tenant: "acme", kind: "draft" }]);
    expect(world.told).toMatchObject([{ kind: "request_loop", tenant: "acme" }]);
  });

  it("is let through by an operator, and by a circuit that closes", async () => {
    const board = objectOf("loops cleared");
    for (const isolate of ["one", "two", "three"]) await fail(board, isolate);
    expect(await board.reset({ loop: "nobody" })).toMatchObject({ failure: { kind: "unknown_loop" } });
    expect(await board.reset({ loop: FAILING.id })).toMatchObject({ ok: true });
    expect(await snapshotOf(board)).not.toHaveProperty("loops");

    for (const isolate of ["four", "five", "six"]) await fail(board, isolate);
    expect(await snapshotOf(board)).toHaveProperty("loops");
    await report(board, 5);
    world.aheadMs = 30_001;
    await runDurableObjectAlarm(board);
    expect(await snapshotOf(board)).not.toHaveProperty("loops");
  });
});

describe("a kind of which nobody answers", () => {
  it("is quiet over an eviction, and leases one walk to one isolate whose callers wait", async () => {
    const board = objectOf("quiet");
    for (const isolate of ["one", "two", "three"]) await inVain(board, isolate);
    await evictDurableObject(board);
    expect((await snapshotOf(board)).quiet).toEqual({ auto: expect.any(Number) });
    expect(await board.snapshot(null, ["auto"])).not.toHaveProperty("leased");

    world.aheadMs = 30_001;
    expect(await board.snapshot(null)).not.toHaveProperty("leased");
    expect(await board.snapshot(null, ["auto"])).toMatchObject({ leased: ["auto"] });
    expect(await board.snapshot(null, ["auto"])).not.toHaveProperty("leased");
    expect(world.told.map(({ kind }) => kind)).toEqual(["everything_down"]);
  });

  it("is over when somebody throws a switch, and that is told", async () => {
    const board = objectOf("quiet switched");
    for (const isolate of ["one", "two", "three"]) await inVain(board, isolate);
    await board.throwSwitches({ flags: { enable_warm_fallback: false } });

    expect(await snapshotOf(board)).not.toHaveProperty("quiet");
    expect(world.told.map(({ kind }) => kind)).toEqual(["everything_down", "everything_back"]);
  });
});
