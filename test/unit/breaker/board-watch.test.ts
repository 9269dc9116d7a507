import { beforeEach, describe, expect, it } from "vitest";
import { Board } from "../../../src/breaker/board.ts";
import type { ReportedRun } from "../../../src/breaker/switchboard-port.ts";
import type { Notice } from "../../../src/domain/notice.ts";
import type { Route } from "../../../src/domain/route.ts";
import { failureOf, FakeClock, MemoryStore, routeOf, routingOf, seeded } from "./support.ts";

const HOT = "hot/anthropic/a";
const WARM = "warm/openai/b";
const ROUTES: readonly Route[] = [
  routeOf(HOT, "anthropic"),
  { ...routeOf(WARM, "openai"), tier: "warm", provider: "openai" },
];

let clock: FakeClock;
let store: MemoryStore;
let told: Notice[];
let numbers: Map<string, number>;

beforeEach(() => {
  clock = new FakeClock();
  store = new MemoryStore();
  told = [];
  numbers = new Map();
});

/** A second one over the same store is the object after an eviction. */
function boardOf(paused: ReadonlySet<string> = new Set()): Board {
  return new Board({
    routing: routingOf(ROUTES),
    clock,
    store,
    random: seeded(1),
    notice: () => undefined,
    tell: (notice) => told.push(notice),
    paused,
  });
}

function report(
  board: Board,
  ...runs: readonly ["ok" | "server_error" | "unknown_error" | "credit_exhausted", string][]
) {
  board.note(
    "one",
    runs.map(([what, route]): ReportedRun => {
      const first = numbers.get(route) ?? 0;
      numbers.set(route, first + 1);
      if (what === "ok") return { route, first, ok: 1, beganAgoMs: 0, latenciesMs: [] };
      const error = "503 #aaaa";
      return {
        route,
        first,
        failed: what,
        beganAgoMs: 0,
        endedAgoMs: 0,
        retryAfterMs: null,
        oneModelOnly: false,
        error,
      };
    }),
  );
}

function failures(
  times: number,
  kind: "server_error" | "unknown_error" | "credit_exhausted" = "server_error",
  route = HOT,
) {
  return Array.from({ length: times }, (): [typeof kind, string] => [kind, route]);
}

function kinds(): string[] {
  return told.map(({ kind, closes }) => (closes ? `${kind}, closing` : kind));
}

/** Does what the object's alarm does, whenever it is due. */
async function passWithAlarms(board: Board, ms: number): Promise<void> {
  const untilMs = clock.now() + ms;
  for (let dueMs = board.nextDueMs(); dueMs !== null && dueMs <= untilMs; dueMs = board.nextDueMs()) {
    await clock.advance(Math.max(0, dueMs - clock.now()));
    board.endPast();
    for (const route of board.probesDue()) {
      const lease = board.leaseProbe(route);
      if (lease !== null) board.settleProbe(route, lease, { ms: 5, failure: failureOf("server_error") });
    }
  }
  await clock.advance(untilMs - clock.now());
}

describe("a circuit", () => {
  it("that opens is told with when it is probed, and its closing with the same key and how long it was out", () => {
    const board = boardOf();
    report(board, ...failures(5));
    const [opened] = told;
    expect(opened).toMatchObject({ kind: "circuit_opened", key: `circuit:circuit:${HOT}`, closes: false });
    expect(opened?.retryWindow).toMatch(/^probed from .* UTC on$/);

    board.resetRoute(ROUTES[0] ?? routeOf(HOT));
    expect(told.filter(({ kind }) => kind.startsWith("circuit"))).toMatchObject([
      { closes: false },
      { kind: "circuit_closed", key: opened?.key, closes: true },
    ]);
  });

  it("that the same error opens asks a human, who alone ends it early", () => {
    report(boardOf(), ...failures(3, "unknown_error"));

    expect(told[0]).toMatchObject({ key: "circuit:account:anthropic", kind: "circuit_opened" });
    expect(told[0]?.nextAction).toMatch(/: npx lisbon routes reset anthropic$/);
    expect(told[0]?.retryWindow).toMatch(/^back by itself at /);
  });

  it("that quota opened closes by time, and that is told too", async () => {
    const board = boardOf();
    report(board, ...failures(1, "credit_exhausted"));
    await passWithAlarms(board, 11 * 60_000);

    expect(kinds()).toEqual(["circuit_opened", "circuit_closed, closing"]);
    expect(told[0]?.nextAction).toMatch(/Top up/);
    expect(told[1]?.why).toContain("10 min");
  });
});

describe("the service's watch", () => {
  it("survives the object: what was told before an eviction is followed up after it", async () => {
    const before = boardOf();
    report(before, ...failures(5), ["ok", WARM]);
    expect(kinds()).toEqual(["circuit_opened", "warm_serving"]);

    const after = boardOf();
    await passWithAlarms(after, 16 * 60_000);
    after.resetRoute(ROUTES[0] ?? routeOf(HOT));
    report(after, ["ok", HOT]);
    await passWithAlarms(after, 2 * 60_000);

    expect(kinds().slice(2)).toEqual([
      "degraded_long",
      "circuit_closed, closing",
      "warm_ended, closing",
      "degraded_long, closing",
    ]);
  });

  it("tells when everything is down, and when the first route is back", () => {
    const board = boardOf();
    report(board, ...failures(5), ...failures(5, "server_error", WARM));
    board.resetRoute(ROUTES[1] ?? routeOf(WARM));

    expect(kinds()).toEqual([
      "circuit_opened",
      "circuit_opened",
      "everything_down",
      "circuit_closed, closing",
      "everything_back, closing",
    ]);
  });

  it("takes a pause for no fault: it was told as one", () => {
    const board = boardOf(new Set(["all"]));
    report(board, ...failures(5), ...failures(5, "server_error", WARM));

    expect(kinds()).toEqual(["circuit_opened", "circuit_opened"]);
  });

  it("asks for an alarm only while something is to come", async () => {
    const board = boardOf();
    report(board, ["ok", HOT]);
    expect(board.nextDueMs()).toBeNull();

    report(board, ...failures(1), ["ok", WARM], ["ok", HOT]);
    await passWithAlarms(board, 60 * 60_000);
    expect(board.nextDueMs()).toBeNull();
  });
});
