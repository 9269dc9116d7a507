import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { world } from "./entry.ts";
import { B, objectOf, okRun, report, resetWorld, send, statusOf } from "./support.ts";

beforeEach(resetWorld);

describe("eviction", () => {
  it("forgets nothing: openings, runs of failures, outcomes, switches, incidents", async () => {
    const board = objectOf("eviction");
    await report(board, 4);
    await send(board, [{ ...okRun(0, 3), route: B, latenciesMs: [100, 200, 300] }]);
    await board.throwSwitches({ flags: { enable_warm_fallback: false } });
    await board.throwSwitches({ kills: { [B]: true } });
    const before = await board.overview();
    await evictDurableObject(board);
    expect(await board.overview()).toEqual({ ...before, atMs: expect.any(Number) });

    await report(board, 1, 4, "another");
    expect(await statusOf(board)).toBe("open");
    const open = await board.overview();
    const snapshot = await board.snapshot(null);
    await evictDurableObject(board);
    expect(await board.overview()).toEqual({ ...open, atMs: expect.any(Number) });
    expect(await board.snapshot(null)).toEqual({
      ...snapshot,
      snapshot: expect.objectContaining({ killed: [B], flags: { enable_warm_fallback: false } }),
    });
    expect(open.routes[1]).toMatchObject({ last: [1, 1, 1], p50Ms: 200, p95Ms: 300 });
    expect(open.openIncidents).toHaveLength(1);
  });

  it("ends nothing early and nothing late", async () => {
    const board = objectOf("eviction and probes");
    await report(board, 5);
    await evictDurableObject(board);
    world.aheadMs = 30_001;
    await runDurableObjectAlarm(board);

    expect(await statusOf(board)).toBe("closed");
  });
});
