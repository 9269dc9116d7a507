import { beforeEach, expect, it } from "vitest";
import { world } from "./entry.ts";
import { failedRun, objectOf, resetWorld, send } from "./support.ts";

beforeEach(resetWorld);

it("a watcher that falls silent is told of by the other one, once, and when it is back", async () => {
  const board = objectOf("watch");
  expect((await board.tick("worker")).findings).toEqual([]);
  expect(Object.keys((await board.tick("qstash")).seen)).toEqual(["worker", "qstash"]);

  world.aheadMs = 2 * 60_000;
  expect((await board.tick("qstash")).findings).toEqual([]);
  world.aheadMs = 4 * 60_000;
  expect((await board.tick("qstash")).findings).toMatchObject([{ kind: "watcher_silent", key: "watcher:worker" }]);
  await board.tick("qstash");
  expect(world.told).toMatchObject([{ kind: "watch", key: "watch:watcher:worker", closes: false }]);

  await board.tick("worker");
  expect(world.told.map(({ closes }) => closes)).toEqual([false, true]);
});

it("the same error every 60 s is found at the third", async () => {
  const board = objectOf("watch errors");
  for (const first of [0, 1, 2]) {
    expect((await board.tick(null)).findings).toEqual([]);
    world.aheadMs += 60_000;
    await send(board, [failedRun(first, "model_not_found")]);
  }
  expect((await board.tick(null)).findings).toMatchObject([{ kind: "error_loop" }]);
  expect(world.told.filter(({ kind }) => kind === "watch")).toEqual([]);
});

it("what a pause has put off is no stuck queue yet when it ends, and one ten minutes later", async () => {
  const board = objectOf("watch queue");
  const kinds = async (): Promise<readonly string[]> => (await board.tick("worker")).findings.map(({ kind }) => kind);
  await board.pause(null, "costs are odd");
  world.parkedSinceMs = Date.now();
  world.aheadMs = 60 * 60_000;
  expect(await kinds()).toEqual([]);
  await board.resume(null);
  expect(await kinds()).toEqual([]);
  world.aheadMs += 11 * 60_000;
  expect(await kinds()).toEqual(["stuck_queue"]);
});
