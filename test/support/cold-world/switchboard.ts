/** The switchboard as its object hosts it: board, pause and probes on real SQLite, with an alarm of the world's clock. */
import { Board } from "../../../src/breaker/board.ts";
import { PauseTables } from "../../../src/breaker/pause-tables.ts";
import { sendProbes } from "../../../src/breaker/send-probes.ts";
import { Report, type SwitchboardPort } from "../../../src/breaker/switchboard-port.ts";
import { SwitchboardTables } from "../../../src/breaker/switchboard-tables.ts";
import { PauseKeeper } from "../../../src/budget/pause-keeper.ts";
import type { Notice } from "../../../src/domain/notice.ts";
import type { Routing } from "../../../src/domain/routing.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import type { Fetch } from "../../../src/lib/fetch.ts";
import { probeRoute } from "../../../src/probe-route.ts";
import { canonicalProvider } from "../../../src/routing/provider-table.ts";
import { createSqlStorage } from "../sql-storage.ts";
import { WorldAlarm } from "./alarm.ts";

interface SwitchboardOptions {
  readonly routing: Routing;
  readonly clock: Clock;
  readonly random: () => number;
  readonly fetch: Fetch;
  readonly tell: (notice: Notice) => void;
}

export interface WorldSwitchboard {
  readonly port: SwitchboardPort;
  /** When a route closed again, in order. */
  readonly closedAtMs: readonly number[];
  servedSince(routeIds: readonly string[], sinceMs: number): Promise<readonly string[]>;
  pause(): void;
  resume(): void;
}

export function createSwitchboard({ routing, clock, random, fetch, tell }: SwitchboardOptions): WorldSwitchboard {
  const sql = createSqlStorage();
  const closedAtMs: number[] = [];
  const keeper = new PauseKeeper({
    rules: {
      ...routing.budget,
      providers: new Set(routing.routes.map(({ provider }) => provider)),
      canonical: canonicalProvider,
    },
    store: new PauseTables(sql),
    // Without Redis the switchboard alone holds the flag.
    flags: null,
    clock,
    changed: (scopes) => board.setPaused(scopes),
    tell,
    away: () => undefined,
    back: () => undefined,
  });
  const board = new Board({
    routing,
    clock,
    store: new SwitchboardTables(sql),
    random,
    notice: ({ event }) => void (event === "closed" && closedAtMs.push(clock.now())),
    tell,
    paused: keeper.scopes,
  });
  const alarm = new WorldAlarm(clock, async () => {
    board.endPast();
    await keeper.onAlarm();
    await sendProbes(board, (route) => probeRoute(route, clock, fetch));
    setAlarm();
  });

  function setAlarm(): void {
    const dueMs = Math.min(board.nextDueMs() ?? Infinity, keeper.nextDueMs() ?? Infinity);
    if (dueMs !== Infinity && (alarm.atMs === null || dueMs < alarm.atMs)) alarm.set(dueMs);
  }

  return {
    closedAtMs,
    port: {
      snapshot(knownVersion) {
        setAlarm();
        return Promise.resolve(board.snapshot(knownVersion));
      },
      report(report) {
        const { isolate, knownVersion, runs } = Report.parse(report);
        board.note(isolate, runs);
        setAlarm();
        return Promise.resolve({ refused: null, reply: board.snapshot(knownVersion) });
      },
    },
    servedSince: (routeIds, sinceMs) => Promise.resolve(board.servedSince(routeIds, sinceMs)),
    pause() {
      keeper.take({ kind: "pause", provider: null, reason: "a test" });
      setAlarm();
    },
    resume() {
      keeper.take({ kind: "resume", provider: null });
      setAlarm();
    },
  };
}
