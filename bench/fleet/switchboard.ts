import { Board } from "../../src/breaker/board.ts";
import { PauseTables } from "../../src/breaker/pause-tables.ts";
import type { ProbeOutcome } from "../../src/breaker/probe.ts";
import { probeWithinLease } from "../../src/breaker/probe-within-lease.ts";
import { sendProbes } from "../../src/breaker/send-probes.ts";
import { Report, type SnapshotReply, type SwitchboardPort } from "../../src/breaker/switchboard-port.ts";
import { SwitchboardTables } from "../../src/breaker/switchboard-tables.ts";
import { PauseKeeper } from "../../src/budget/pause-keeper.ts";
import type { Route } from "../../src/domain/route.ts";
import type { Routing } from "../../src/domain/routing.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { createSqlStorage } from "../../test/support/sql-storage.ts";
import { LoadMeter } from "./load-meter.ts";
import type { Random } from "./random.ts";
import type { SimulatedRedis } from "./redis.ts";

export interface SwitchboardOptions {
  readonly routing: Routing;
  readonly clock: Clock;
  readonly random: Random;
  readonly redis: SimulatedRedis;
  readonly probe: (route: Route) => Promise<ProbeOutcome>;
}

/**
 * The real board, tables and pause, with what their Durable Object would bring around them: a thread, an alarm, SQL.
 * Its methods are as `SwitchboardObject`'s, which cannot be loaded outside workerd.
 */
export class SimulatedSwitchboard implements SwitchboardPort {
  readonly load: LoadMeter;
  readonly sql = createSqlStorage();
  readonly incidents: { readonly event: "opened" | "closed"; readonly target: string; readonly atMs: number }[] = [];
  snapshotBytes = 0;
  readonly #options: SwitchboardOptions;
  readonly #board: Board;
  readonly #pauses: PauseKeeper;
  #alarmAtMs = Infinity;
  #measured: { readonly version: string; readonly bytes: number } | null = null;

  constructor(options: SwitchboardOptions) {
    const { routing, clock, random, redis } = options;
    this.#options = options;
    this.load = new LoadMeter(clock);
    this.#pauses = new PauseKeeper({
      rules: {
        ...routing.budget,
        providers: new Set(routing.routes.map(({ provider }) => provider)),
        canonical: String,
      },
      store: new PauseTables(this.sql),
      flags: redis.near(),
      clock,
      changed: (scopes) => this.#board.setPaused(scopes),
      tell: ignore,
      away: ignore,
      back: ignore,
    });
    this.#board = new Board({
      routing,
      clock,
      random,
      store: new SwitchboardTables(this.sql),
      notice: ({ event, incident: { target } }) => void this.incidents.push({ event, target, atMs: clock.now() }),
      paused: this.#pauses.scopes,
    });
  }

  async snapshot(knownVersion: string | null): Promise<SnapshotReply> {
    await this.load.turn();
    const fresh = this.#pauses.fresh();
    if (fresh !== null) await fresh;
    this.#setAlarm();
    return this.#measure(this.#board.snapshot(knownVersion));
  }

  async report(report: Report) {
    await this.load.turn();
    const { isolate, runs, near, knownVersion } = Report.parse(report);
    this.#board.note(isolate, runs);
    if (near) this.#board.noteNear(near);
    const fresh = this.#pauses.fresh();
    if (fresh !== null) await fresh;
    this.#setAlarm();
    return { refused: null, reply: this.#measure(this.#board.snapshot(knownVersion)) };
  }

  #measure(reply: SnapshotReply): SnapshotReply {
    this.snapshotBytes += reply.unchanged ? UNCHANGED_BYTES : this.#bytesOf(reply.snapshot);
    return reply;
  }

  /** One version is sent to a thousand isolates; only its `atMs` differs, and not in length. */
  #bytesOf(snapshot: { readonly version: string }): number {
    if (this.#measured?.version !== snapshot.version) {
      this.#measured = { version: snapshot.version, bytes: JSON.stringify(snapshot).length };
    }
    return this.#measured.bytes;
  }

  #setAlarm(): void {
    const { clock } = this.#options;
    const dueMs = Math.min(this.#board.nextDueMs() ?? Infinity, this.#pauses.nextDueMs() ?? Infinity);
    if (dueMs >= this.#alarmAtMs) return;
    this.#alarmAtMs = Math.max(dueMs, clock.now());
    const atMs = this.#alarmAtMs;
    clock.after(atMs - clock.now(), () => {
      if (this.#alarmAtMs === atMs) void this.#alarm();
    });
  }

  async #alarm(): Promise<void> {
    const { clock, probe, routing } = this.#options;
    this.#alarmAtMs = Infinity;
    await this.load.turn();
    this.#board.endPast();
    await this.#pauses.onAlarm();
    const { probeLeaseMs } = routing.breaker;
    await sendProbes(this.#board, (route) => probeWithinLease(() => probe(route), probeLeaseMs, clock));
    this.#setAlarm();
  }
}

function ignore(): void {
  // Notices and log lines change nothing.
}

const UNCHANGED_BYTES = JSON.stringify({ unchanged: true }).length;
