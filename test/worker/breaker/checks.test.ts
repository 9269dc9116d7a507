import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, expect, it } from "vitest";
import { NO_CHECKS } from "../../../src/domain/checks.ts";
import { world } from "./entry.ts";
import { A, B, dueInMs, objectOf, okRun, resetWorld, send } from "./support.ts";

beforeEach(resetWorld);

it("the alarm checks who was not called for 30 s, and is set for the next", async () => {
  world.checks = { ...NO_CHECKS, enabled: true };
  const usage = { promptTokens: 8, completionTokens: 1, source: "reported" } as const;
  world.probes.set(B, async () => ({ ms: 7, failure: null, usage }));
  const board = objectOf("checks");
  await send(board, [okRun(0, 1)]);
  expect(await dueInMs(board)).toBeLessThanOrEqual(30_000);

  world.aheadMs = 20_000;
  await send(board, [okRun(1, 1)]);
  world.aheadMs = 30_001;
  await runDurableObjectAlarm(board);
  expect(world.probed.toSorted()).toEqual(world.routes.map(({ id }) => id).filter((id) => id !== A));
  expect(world.billed).toBe(1);
  expect((await board.overview()).routes.find(({ id }) => id === B)).toMatchObject({ check: { ms: 7, failure: null } });
  const dueMs = await dueInMs(board);
  expect(dueMs).toBeGreaterThan(10_000);
  expect(dueMs).toBeLessThanOrEqual(20_000);
});

it("an object that was evicted goes on where it was", async () => {
  world.checks = { ...NO_CHECKS, enabled: true };
  const board = objectOf("evicted checks");
  await board.snapshot(null);
  expect(await dueInMs(board)).toBeGreaterThan(500_000);
  world.aheadMs = 600_001;
  await evictDurableObject(board);
  await runDurableObjectAlarm(board);
  expect(world.probed).toHaveLength(world.routes.length);
});
