import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { world } from "./entry.ts";
import { A, dueInMs, failedRun, objectOf, report, resetWorld, send } from "./support.ts";

beforeEach(resetWorld);

const counts = (number: number, n = 1) => ({
  number,
  of: { calls: { "out:queued": n }, [`route:${A}`]: { saved: n } },
});

type Board = ReturnType<typeof objectOf>;

function tell(board: Board, number: number, n = 1, isolate = "one") {
  return board.report({ isolate, knownVersion: null, runs: [], counts: counts(number, n) });
}

async function queuedBy(board: Board, span: "minute" | "ten" | "day" | "total") {
  const rows = await board.aggregates(span, 0);
  return rows.map(({ tally }) => tally["calls"]?.["out:queued"]);
}

describe("what isolates have counted", () => {
  it("is written within ten seconds, outlives the object, and no batch counts twice, after an eviction either", async () => {
    const board = objectOf("counts");
    await tell(board, 1, 2);
    await tell(board, 1, 2);
    await tell(board, 1, 3, "two");
    expect(await queuedBy(board, "total")).toEqual([5]);
    expect(await dueInMs(board)).toBeLessThanOrEqual(10_000);

    world.aheadMs = 10_001;
    await runDurableObjectAlarm(board);
    await evictDurableObject(board);
    await tell(board, 1, 2);
    for (const span of ["minute", "ten", "day", "total"] as const) {
      const rows = await queuedBy(board, span);
      expect(rows.reduce((sum: number, n) => sum + (n ?? 0), 0)).toBe(5);
    }
  });

  it("before it is written is lost with the object, and counts when its isolate tells it again", async () => {
    const board = objectOf("lost counts");
    await tell(board, 1);
    await evictDurableObject(board);
    expect(await queuedBy(board, "total")).toEqual([]);
    await tell(board, 1);
    expect(await queuedBy(board, "total")).toEqual([1]);
  });

  it("is known of an incident: who was saved and parked while it lasted, and not before or after", async () => {
    const board = objectOf("incident");
    await tell(board, 1, 7);
    await send(board, [failedRun(0)]);
    const beforeMs = Date.now();
    await report(board, 4, 1);
    await tell(board, 2, 2);
    await tell(board, 3, 3);
    world.aheadMs = 10_001;
    await runDurableObjectAlarm(board);
    await evictDurableObject(board);
    await tell(board, 4, 4);
    const [open] = await board.incidents(0);
    expect(open).toMatchObject({
      rule: "circuit",
      provider: "anthropic",
      routes: [A],
      kind: "server_error",
      endedAtMs: null,
      calls: { saved: 9, parked: 0, missed: 0 },
    });
    expect(open?.firstFailureAtMs).toBeLessThanOrEqual(beforeMs);

    await board.reset({ route: A });
    await tell(board, 5, 5);
    const [ended] = await board.incidents(0);
    expect(ended?.calls.saved).toBe(9);
    expect(await board.incidents((ended?.endedAtMs ?? 0) + 1)).toEqual([]);
    expect((await board.aggregates("total", 0))[0]?.tally[`route:${A}`]).toMatchObject({ opened: 1, saved: 21 });
  });

  it("of a route that the map does not have is not kept, and what is no count refuses the report", async () => {
    const board = objectOf("unknown counts");
    const told = { isolate: "one", knownVersion: null, runs: [] };
    await board.report({ ...told, counts: { number: 1, of: { "route:nobody/here": { a: 1 } } } });
    expect((await board.aggregates("total", 0))[0]?.tally).not.toHaveProperty("route:nobody/here");
    const { refused } = await board.report({ ...told, counts: { number: 2, of: { calls: { n: -1 } } } });
    expect(refused).not.toBeNull();
  });
});

describe("pauses", () => {
  it("are kept from their beginning to their end, each once", async () => {
    const board = objectOf("spells");
    await board.pause(null, "costs are odd");
    await board.pause(null, "costs are odd");
    await evictDurableObject(board);
    expect(await board.pauseSpells(0)).toMatchObject([{ scope: "all", by: "operator", endedAtMs: null }]);
    world.aheadMs = 60_000;
    await board.resume(null);
    const [spell] = await board.pauseSpells(0);
    expect((spell?.endedAtMs ?? 0) - (spell?.sinceMs ?? 0)).toBeGreaterThanOrEqual(60_000);
    await board.pause(null, "again");
    expect(await board.pauseSpells(0)).toHaveLength(2);
    expect(await board.pauseSpells((spell?.endedAtMs ?? 0) + 60_000)).toHaveLength(1);
  });
});
