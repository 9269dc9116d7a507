import { beforeEach, describe, expect, it } from "vitest";
import { Board } from "../../../src/breaker/board.ts";
import { overviewOf } from "../../../src/breaker/overview.ts";
import type { ProbeOutcome } from "../../../src/breaker/probe.ts";
import { RouteChecks, type CheckMoney } from "../../../src/breaker/route-checks.ts";
import type { CallUsage } from "../../../src/domain/call-usage.ts";
import { failureOf, FakeClock, MemoryStore, routeOf, routingOf, seeded } from "./support.ts";

const A = "hot/anthropic/a";
const B = "warm/openai/b";
const USAGE: CallUsage = { promptTokens: 8, completionTokens: 1, source: "reported" };

let clock: FakeClock;
let board: Board;
let checks: RouteChecks;
let asked: string[];
let billed: (CallUsage | "failed")[];
let paused: Set<string>;
let covered: boolean;
let answer: ProbeOutcome;

beforeEach(() => {
  clock = new FakeClock();
  [asked, billed, paused, covered] = [[], [], new Set(), true];
  answer = { ms: 40, failure: null, usage: USAGE };
  board = new Board({
    routing: routingOf([routeOf(A, "anthropic"), { ...routeOf(B, "openai"), provider: "openai" }]),
    clock,
    store: new MemoryStore(),
    random: seeded(1),
    notice: () => undefined,
  });
  const money: CheckMoney = {
    settle: (usage) => void billed.push(usage),
    settleFailed: () => void billed.push("failed"),
  };
  checks = new RouteChecks({
    board,
    settings: { enabled: true, everyMs: 30_000, idleEveryMs: 600_000, dailyRequests: new Map() },
    sinceMs: clock.now(),
    clock,
    paused: () => paused,
    money: async () => (covered ? money : null),
    probe: async (route) => {
      asked.push(route.id);
      return answer;
    },
  });
});

function called(route: string, first: number): void {
  board.note("one", [{ route, first, ok: 1, beganAgoMs: 100, latenciesMs: [100] }]);
}

async function later(ms: number): Promise<void> {
  await clock.advance(ms);
  await checks.send();
}

function viewOf(id: string) {
  const overview = overviewOf(board, clock.now(), { alarmFailure: null, loops: [] });
  return overview.routes.find((route) => route.id === id);
}

describe("checks", () => {
  it("go to a route that nobody has called for 30 s, and to no other", async () => {
    called(A, 0);
    expect(checks.nextDueMs()).toBe(clock.now() + 30_000);
    await clock.advance(20_000);
    called(A, 1);
    await later(10_000);

    expect(asked).toEqual([B]);
    expect(billed).toEqual([USAGE]);
    expect(viewOf(B)).toMatchObject({
      check: { atMs: clock.now(), ms: 40, failure: null },
      checkedAtMs: clock.now(),
      last: [],
      errorRate: null,
      p50Ms: null,
    });
  });

  it("open a dead route before a call meets it, and then leave it to the probes", async () => {
    called(A, 0);
    answer = { ms: 10_000, failure: failureOf("timed_out") };
    await later(30_000);
    for (let more = 0; more < 4; more++) await later(5_000);

    expect(viewOf(B)).toMatchObject({ status: "open", why: "timed_out", last: [], check: { failure: "timed_out" } });
    expect(board.probesDue()).toEqual([]);
    asked = [];
    await later(5_000);
    expect(asked).toEqual([]);
  });

  it("end a run of failures that calls have begun", async () => {
    called(A, 0);
    const failed = { beganAgoMs: 0, endedAgoMs: 0, retryAfterMs: null, oneModelOnly: false, error: "no" };
    board.note(
      "one",
      [0, 1, 2, 3].map((first) => ({ route: B, first, failed: "server_error", ...failed })),
    );
    await later(30_000);
    board.note("one", [{ route: B, first: 4, failed: "server_error", ...failed }]);

    expect(viewOf(B)?.status).toBe("closed");
  });

  it("take an account out at the first refused key", async () => {
    called(A, 0);
    answer = { ms: 20, failure: failureOf("auth_failed", { status: 401 }) };
    await later(30_000);

    expect(viewOf(B)).toMatchObject({ status: "open", why: "auth_failed" });
    expect(billed).toContain("failed");
  });

  it("find the same error every 60 s at its third time", async () => {
    answer = { ms: 20, failure: failureOf("model_not_found", { status: 404 }) };
    for (const first of [0, 1, 2]) {
      await clock.advance(30_000);
      called(A, 2 * first);
      await later(30_000);
      called(A, 2 * first + 1);
    }

    expect(viewOf(B)).toMatchObject({ status: "open", why: "model_not_found" });
  });

  it("never go where a route is killed, paused or near its limit, or no budget covers them", async () => {
    called(A, 0);
    covered = false;
    await later(30_000);
    expect(asked).toEqual([]);
    expect(checks.nextDueMs()).toBe(clock.now() + 30_000);

    covered = true;
    board.overrides.throwAll({ kills: { [A]: true }, flags: {} });
    paused.add("openai");
    await later(60_000);
    expect(asked).toEqual([]);
    expect(checks.nextDueMs()).toBeNull();

    paused.clear();
    board.noteNear([{ route: B, forMs: 60_000 }]);
    await later(1_000);
    expect(asked).toEqual([]);
    await later(60_000);
    expect(asked).toEqual([B]);
  });
});
