import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, expect, it } from "vitest";
import { realClock } from "../../../src/lib/clock.ts";
import type { ReportedRun } from "../../../src/breaker/switchboard-port.ts";
import { FakeFlags } from "../../unit/budget/fake-flags.ts";
import { routeOf } from "../../unit/breaker/support.ts";
import { world } from "./entry.ts";
import { A, dueInMs, failedRun, objectOf, okRun, resetWorld, send, statusOf } from "./support.ts";

const MINUTE = 60_000;
const LOCAL = { ...routeOf("warm/ollama/small"), tier: "warm", provider: "ollama", cost: "local" } as const;
type Stub = ReturnType<typeof objectOf>;

beforeEach(() => {
  resetWorld();
  world.routes = [...world.routes.slice(0, 1), LOCAL];
  world.watchdog = { act: new Set(["prefer_free", "kill", "pause"]), holdMs: 60 * MINUTE };
});

async function preferIn(board: Stub): Promise<object | undefined> {
  const reply = await board.snapshot(null);
  if (reply.unchanged) throw new Error("unchanged");
  return reply.snapshot.prefer;
}

function failing(first: number, failed = "model_not_found", times = 3): ReportedRun[] {
  return Array.from({ length: times }, (_none, at) => failedRun(first + at, failed));
}

function told(): readonly string[] {
  return world.told.flatMap(({ kind, title, closes }) => (kind === "watch" ? [`${closes ? "-" : "+"} ${title}`] : []));
}

async function trail(board: Stub): Promise<readonly string[]> {
  return (await board.changes(10)).map(({ who, what }) => `${who}: ${what}`);
}

it("a local route is put first, outlives an eviction, and is undone by the alarm in time", async () => {
  const board = objectOf("prefer");
  world.watchdog = { act: new Set(["prefer_free"]), holdMs: 5 * MINUTE };
  await send(board, failing(0));
  await board.tick(null);
  expect(await preferIn(board)).toBeUndefined();

  const { acting } = await board.tick("worker");
  const { sinceMs = 0, untilMs = 0 } = acting.preferred[0] ?? {};
  expect(untilMs - sinceMs).toBe(5 * MINUTE);
  expect(acting.preferred).toMatchObject([{ kind: "auto", route: LOCAL.id, instead: A }]);
  expect(await preferIn(board)).toEqual({ [`auto ${LOCAL.id}`]: untilMs });
  expect(told()).toEqual([`+ The watchdog has put ${LOCAL.id} first for auto`]);
  expect(await trail(board)).toEqual(["watchdog: prefer_free"]);

  await evictDurableObject(board);
  world.aheadMs = MINUTE;
  await board.tick("worker");
  expect(await preferIn(board)).toEqual({ [`auto ${LOCAL.id}`]: untilMs });
  expect(await dueInMs(board)).toBeLessThanOrEqual(4 * MINUTE);

  await evictDurableObject(board);
  world.aheadMs = 5 * MINUTE + 1;
  await runDurableObjectAlarm(board);
  expect(await preferIn(board)).toBeUndefined();
  expect(told().slice(1)).toEqual([`- Over: ${LOCAL.id} is no longer put first for auto`]);
  expect(await trail(board)).toEqual(["watchdog: prefer_free_ended", "watchdog: prefer_free"]);
  await board.tick("worker");
  expect(told()).toHaveLength(2);
});

it("it is undone at once where the route fails itself, where somebody switches it off, and by hand", async () => {
  const ends: ((board: Stub) => Promise<unknown>)[] = [
    (board) =>
      send(
        board,
        failing(0).map((run) => ({ ...run, route: LOCAL.id })),
      ),
    (board) => board.throwSwitches({ kills: { [LOCAL.id]: true } }),
    (board) => board.throwSwitches({ flags: { enable_warm_fallback: false } }),
    (board) => board.release("auto"),
  ];
  for (const [at, end] of ends.entries()) {
    const board = objectOf(`prefer ${at}`);
    await send(board, failing(0));
    await board.tick("worker");
    expect(await preferIn(board)).toBeDefined();
    await end(board);
    expect(await preferIn(board)).toBeUndefined();
    await board.tick("worker");
    expect(await preferIn(board)).toBeUndefined();
  }
  expect(await objectOf("prefer 3").release("auto")).toBe(false);
});

it("a route that the same error opens twice within an hour is killed, and what a person revives stays on", async () => {
  const board = objectOf("kill");
  world.watchdog = { ...world.watchdog, act: new Set(["kill"]) };
  await send(board, failing(0));
  await board.tick("worker");
  expect(await statusOf(board)).toBe("open");
  world.aheadMs = 11 * MINUTE;
  await send(board, failing(3));
  await board.tick("worker");

  expect(await statusOf(board)).toBe("killed");
  expect(told()).toEqual([`+ The watchdog has switched off ${A}`]);
  expect(await trail(board)).toEqual(["watchdog: kill"]);
  await board.throwSwitches({ kills: { [A]: false } });
  await board.tick("worker");
  expect(await statusOf(board)).toBe("open");
  expect(told()).toHaveLength(2);
  expect(await trail(board)).toHaveLength(1);
});

it("a provider without credit that names no reset is paused through Redis, once, and never one that names it", async () => {
  world.flags = new FakeFlags(realClock);
  world.watchdog = { ...world.watchdog, act: new Set(["pause"]) };
  const named = objectOf("named");
  await send(named, [{ ...failedRun(0, "quota_exhausted"), retryAfterMs: 3_600_000 }]);
  await named.tick("worker");
  expect(await named.pauses()).toEqual([]);

  const board = objectOf("pause");
  await send(board, failing(0, "credit_exhausted", 1));
  await board.tick("worker");
  expect(await board.pauses()).toMatchObject([{ scope: "anthropic", by: "watchdog" }]);
  expect(world.told.map(({ kind }) => kind)).toContain("watch");
  expect(world.told.filter(({ kind }) => kind === "paused")).toEqual([]);

  await board.resume("anthropic");
  await board.tick("worker");
  world.aheadMs = 20 * MINUTE;
  await send(board, failing(1, "credit_exhausted", 1));
  await board.tick("worker");
  expect(await board.pauses()).toEqual([]);
  world.aheadMs = 31 * MINUTE;
  await send(board, [okRun(2, 1), failedRun(3, "credit_exhausted")]);
  await board.tick("worker");
  expect(await board.pauses()).toMatchObject([{ by: "watchdog" }]);
});

it("nothing is done where the map allows nothing", async () => {
  const board = objectOf("nothing");
  world.watchdog = { act: new Set(), holdMs: MINUTE };
  await send(board, [...failing(0), failedRun(3, "credit_exhausted")]);
  expect((await board.tick("worker")).acting).toEqual({
    allowed: [],
    holdMinutes: 1,
    preferred: [],
    killed: [],
    paused: [],
  });
  expect(await preferIn(board)).toBeUndefined();
  expect(await board.pauses()).toEqual([]);
  expect(await trail(board)).toEqual([]);
});
