import { DurableObject } from "cloudflare:workers";
import type { Route } from "../domain/route.ts";
import type { Routing } from "../domain/routing.ts";
import type { Clock } from "../lib/clock.ts";
import { realClock, wait } from "../lib/clock.ts";
import type { Result } from "../lib/result.ts";
import { fail, ok } from "../lib/result.ts";
import { Board } from "./board.ts";
import type { BreakerNotice } from "./board-state.ts";
import type { Overview } from "./overview.ts";
import { overviewOf } from "./overview.ts";
import type { RefusedSwitch, SwitchRefused, Switches } from "./overrides.ts";
import type { ProbeOutcome } from "./probe.ts";
import { sendProbes } from "./send-probes.ts";
import { Report } from "./switchboard-port.ts";
import type { ReportReply, SnapshotReply, SwitchboardPort } from "./switchboard-port.ts";
import { SwitchboardTables } from "./switchboard-tables.ts";

/**
 * The switchboard's Durable Object: a thin shell that gives the board its
 * storage, its alarm and its probes. Only plain values cross it, and what is
 * refused is a value too.
 */
export abstract class SwitchboardObject<Env = unknown> extends DurableObject<Env> implements SwitchboardPort {
  readonly #tables: SwitchboardTables;
  #board: Board | null = null;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#tables = new SwitchboardTables(state.storage.sql);
  }

  /** The map that the isolates have too. Asked once for each life of the object. */
  protected abstract routing(): Routing;

  /** A request for one token. It may take as long as it likes: after the lease it is taken for lost. */
  protected abstract probe(route: Route): Promise<ProbeOutcome>;

  protected clock(): Clock {
    return realClock;
  }

  /** An opening or its end. It must not throw, and not wait. */
  protected notice(notice: BreakerNotice): void {
    console.log(JSON.stringify({ event: `breaker_${notice.event}`, ...notice.incident }));
  }

  async snapshot(knownVersion: string | null): Promise<SnapshotReply> {
    const reply = this.#open().snapshot(knownVersion);
    await this.#setAlarm();
    return reply;
  }

  async report(report: Report): Promise<ReportReply> {
    const board = this.#open();
    const parsed = Report.safeParse(report);
    if (!parsed.success) {
      const refused = parsed.error.message.slice(0, 1000);
      console.warn(JSON.stringify({ event: "breaker_report_refused", refused }));
      return { refused, reply: board.snapshot(null) };
    }

    board.note(parsed.data.isolate, parsed.data.runs);
    await this.#setAlarm();
    return { refused: null, reply: board.snapshot(parsed.data.knownVersion) };
  }

  /** All of them or, where one is refused, none. */
  async throwSwitches(switches: Switches): Promise<Result<null, RefusedSwitch>> {
    const board = this.#open();
    const thrown = board.overrides.throwAll(switches);
    if (!thrown.ok) return thrown;
    board.changed();
    await this.#setAlarm();
    return ok(null);
  }

  /** An operator says that it is well: the only early end of a same-error opening. */
  async reset(target: ResetTarget): Promise<Result<null, SwitchRefused>> {
    const board = this.#open();
    const { routes } = board.routing;
    if ("route" in target) {
      const route = routes.find(({ id }) => id === target.route);
      if (route === undefined) return fail({ kind: "unknown_route", known: routes.map(({ id }) => id) });
      board.resetRoute(route);
    } else {
      const known = [...new Set(routes.map(({ account }) => account))];
      if (!known.includes(target.account)) return fail({ kind: "unknown_account", known });
      board.resetAccount(target.account);
    }
    await this.#setAlarm();
    return ok(null);
  }

  async overview(): Promise<Overview> {
    const overview = overviewOf(this.#open(), this.clock().now(), this.#tables.note("alarm_failure"));
    await this.#setAlarm();
    return overview;
  }

  /** Never throws: after six throws the platform would give up for good. */
  override async alarm(): Promise<void> {
    try {
      // First of all the next alarm, for the work may die with the object.
      await this.ctx.storage.setAlarm(Date.now() + ALARM_AGAIN_MS);
      const board = this.#open();
      board.endPast();
      await sendProbes(board, (route) => this.#probeWithinLease(route));
      await this.ctx.storage.deleteAlarm();
      await this.#setAlarm();
    } catch (cause) {
      this.#noteAlarmFailure(`${new Date(this.clock().now()).toISOString()} ${String(cause)}`.slice(0, 500));
    }
  }

  #noteAlarmFailure(what: string): void {
    console.error(JSON.stringify({ event: "switchboard_alarm_failed", what }));
    try {
      this.#tables.saveNote("alarm_failure", what);
    } catch {
      // Storage that cannot take a note cannot be helped here; the log has it.
    }
  }

  #open(): Board {
    this.#board ??= new Board({
      routing: this.routing(),
      clock: this.clock(),
      store: this.#tables,
      random: Math.random,
      notice: (notice) => this.notice(notice),
    });
    return this.#board;
  }

  /** The alarm is the earliest due time of the rows. Asked at every request: a missing alarm is set again. */
  async #setAlarm(): Promise<void> {
    const dueMs = this.#open().nextDueMs();
    if (dueMs === null) return;
    const setMs = await this.ctx.storage.getAlarm();
    if (setMs === null || dueMs < setMs) await this.ctx.storage.setAlarm(dueMs);
  }

  async #probeWithinLease(route: Route): Promise<ProbeOutcome> {
    const clock = this.clock();
    const startedAtMs = clock.now();
    const limitMs = this.#open().routing.breaker.probeLeaseMs;
    const silence = new AbortController();
    const tooLong = wait(clock, limitMs, silence.signal).then((): ProbeOutcome => {
      return { ms: limitMs, failure: { kind: "timed_out", detail: "the probe was not answered" } };
    });
    try {
      return await Promise.race([this.probe(route), tooLong]);
    } catch (cause) {
      const detail = `the probe broke: ${String(cause)}`.slice(0, 300);
      return { ms: clock.now() - startedAtMs, failure: { kind: "unreachable", detail } };
    } finally {
      silence.abort();
    }
  }
}

export type ResetTarget = { readonly route: string } | { readonly account: string };

/** Where the work of an alarm is lost, it is done again this much later. */
const ALARM_AGAIN_MS = 30_000;
