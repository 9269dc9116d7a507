import { evictDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { world } from "./entry.ts";
import { A, failedRun, objectOf, okRun, overviewOf, resetWorld, send } from "./support.ts";

beforeEach(resetWorld);

function took(first: number, ms: number) {
  return { ...okRun(first, 4), latenciesMs: [ms, ms, ms, ms], streamed: [false, false, false, false] };
}

describe("an evicted switchboard", () => {
  it("knows what a route's times usually are, and that it is slow", async () => {
    const board = objectOf("slow");
    for (let run = 0; run < 10; run++) await send(board, [took(run * 4, 400)]);
    await evictDurableObject(board);
    for (let run = 10; run < 14; run++) await send(board, [took(run * 4, 4_000)]);
    await evictDurableObject(board);

    expect((await overviewOf(board))?.slowUntilMs).toEqual(expect.any(Number));
    expect(await board.snapshot(null)).toMatchObject({ snapshot: { slow: { [A]: expect.any(Number) }, open: {} } });
    world.aheadMs = 60_001;
    expect((await overviewOf(board))?.slowUntilMs).toBeNull();
  });

  it("knows bad answers and ratings, and counts the answer that was rated before once", async () => {
    const board = objectOf("bad");
    await send(
      board,
      [0, 1].map((first) => failedRun(first, "low_quality")),
    );
    const rate = (answer: number, by = `p${answer}`) =>
      board.rate({ requestId: `answer-${answer}`, routeId: A, by, bad: true });
    for (let answer = 0; answer < 5; answer++) await rate(answer);
    await evictDurableObject(board);
    for (let answer = 0; answer < 5; answer++) await rate(answer, `another-${answer}`);
    expect((await overviewOf(board))?.lowQualityUntilMs).toBeNull();

    await rate(5);
    expect(await overviewOf(board)).toMatchObject({ status: "closed", lowQualityUntilMs: expect.any(Number) });
    await evictDurableObject(board);
    expect(await board.snapshot(null)).toMatchObject({ snapshot: { lowQuality: { [A]: expect.any(Number) } } });
  });

  it("takes what an older isolate reports, and rows that an older version wrote", async () => {
    const board = objectOf("older");
    for (let run = 0; run < 10; run++) await send(board, [{ ...okRun(run * 4, 4), latenciesMs: [9_000] }]);

    expect(await overviewOf(board)).toMatchObject({ p95Ms: 9_000, slowUntilMs: null, lowQualityUntilMs: null });
    expect(await board.snapshot(null)).toMatchObject({ snapshot: { slow: {}, lowQuality: {} } });
  });
});
