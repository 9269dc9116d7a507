import type { PauseEvent } from "../budget/pause-machine.ts";
import { PauseKeeper } from "../budget/pause-keeper.ts";
import type { PauseView } from "../budget/pause.ts";
import type { AlertOutcome, BudgetAlert, PauseOperator } from "../budget/pause-port.ts";
import type { InjectedFault, InjectedFaults } from "../domain/injected-fault.ts";
import type { Route } from "../domain/route.ts";
import type { Routing } from "../domain/routing.ts";
import type { Result } from "../lib/result.ts";
import { fail, ok } from "../lib/result.ts";
import { Board } from "./board.ts";
import type { Incidents } from "./incidents.ts";
import type { Overview } from "./overview.ts";
import { overviewOf } from "./overview.ts";
import type { RefusedSwitch, SwitchRefused, Switches } from "./overrides.ts";
import { PauseTables } from "./pause-tables.ts";
import { faultyProbe, type ProbeOutcome } from "./probe.ts";
import { probeWithinLease } from "./probe-within-lease.ts";
import { WatchObject } from "./watch-object.ts";
import { sendProbes } from "./send-probes.ts";
import { Report } from "./switchboard-port.ts";
import type { AnswerRating, ResetTarget } from "./switchboard-operator.ts";
import type { ReportReply, SnapshotReply, SwitchboardPort } from "./switchboard-port.ts";

/**
 * The switchboard's Durable Object: a thin shell that gives the board its
 * storage, its alarm and its probes. Only plain values cross it, and what is
 * refused is a value too.
 */
export abstract class SwitchboardObject<Env = unknown>
  extends WatchObject<Env>
  implements SwitchboardPort, PauseOperator
{
  #board: Board | null = null;
  #pauses: PauseKeeper | null = null;
  #map: Routing | null = null;

  protected override incidentBook(): Incidents {
    return this.openBoard().incidents;
  }

  protected override keptChanged(): void {
    this.openBoard().changed();
  }

  protected override guardsChanged(): void {
    this.#board?.changed();
  }

  protected override knownRouting(): Routing {
    return this.#routing();
  }

  async snapshot(knownVersion: string | null, waiting: readonly string[] = []): Promise<SnapshotReply> {
    const fresh = this.#keeper().fresh();
    if (fresh !== null) await fresh;
    const reply = this.replyWithLease(waiting, () => this.openBoard().snapshot(knownVersion));
    await this.#setAlarm();
    return reply;
  }

  async report(report: Report): Promise<ReportReply> {
    const board = this.openBoard();
    const parsed = Report.safeParse(report);
    if (!parsed.success) {
      const refused = parsed.error.message.slice(0, 1000);
      console.warn(JSON.stringify({ event: "breaker_report_refused", refused }));
      return { refused, reply: board.snapshot(null) };
    }

    board.note(parsed.data.isolate, parsed.data.runs);
    this.heardByGuards(parsed.data);
    if (parsed.data.near) board.noteNear(parsed.data.near);
    if (parsed.data.counts) this.takeCounts(parsed.data.isolate, parsed.data.counts);
    await this.#setAlarm();
    const fresh = this.#keeper().fresh();
    if (fresh !== null) {
      await fresh;
      await this.#setAlarm();
    }
    const { knownVersion, waiting = [] } = parsed.data;
    return { refused: null, reply: this.replyWithLease(waiting, () => board.snapshot(knownVersion)) };
  }

  /** All of them or, where one is refused, none. */
  async throwSwitches(switches: Switches): Promise<Result<null, RefusedSwitch>> {
    const board = this.openBoard();
    const thrown = board.overrides.throwAll(switches);
    if (!thrown.ok) return thrown;
    this.chainsChanged();
    board.changed();
    this.endHeld();
    await this.#setAlarm();
    return ok(null);
  }

  /** An operator says that it is well: the only early end of a same-error opening. */
  async reset(target: ResetTarget): Promise<Result<null, SwitchRefused>> {
    const board = this.openBoard();
    const { routes } = board.routing;
    if ("loop" in target) {
      if (!this.clearLoop(target.loop))
        return fail({ kind: "unknown_loop", known: this.blockedLoops().map(({ id }) => id) });
    } else if ("route" in target) {
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

  async alert(alert: BudgetAlert): Promise<AlertOutcome> {
    return (await this.#takePause({ kind: "alert", alert })) ?? "noted";
  }

  async pause(provider: string | null, reason: string): Promise<void> {
    await this.#takePause({ kind: "pause", provider, reason });
  }

  async resume(provider: string | null): Promise<void> {
    await this.#takePause({ kind: "resume", provider });
  }

  async pauses(): Promise<readonly PauseView[]> {
    await this.#keeper().fresh();
    await this.#setAlarm();
    return this.#keeper().views();
  }

  async injectFaults(
    faults: Readonly<Record<string, InjectedFault | null>>,
  ): Promise<Result<InjectedFaults, SwitchRefused>> {
    const board = this.openBoard();
    const known = board.routing.routes.map(({ id }) => id);
    if (Object.keys(faults).some((routeId) => !known.includes(routeId))) return fail({ kind: "unknown_route", known });
    board.drill.change(faults, this.clock().now());
    board.changed();
    await this.#setAlarm();
    return ok(board.drill.faults());
  }

  async servedSince(routeIds: readonly string[], sinceMs: number): Promise<readonly string[]> {
    return this.openBoard().servedSince(routeIds, sinceMs);
  }

  async rate({ requestId, routeId, by, bad }: AnswerRating): Promise<void> {
    if (this.ratings.takes(requestId)) this.openBoard().rate(routeId, { by, bad });
    await this.#setAlarm();
  }

  async overview(): Promise<Overview> {
    const kept = { alarmFailure: this.tables.note("alarm_failure"), loops: this.blockedLoops() };
    const overview = overviewOf(this.openBoard(), this.clock().now(), kept);
    await this.#setAlarm();
    return overview;
  }

  /** Never throws: after six throws the platform would give up for good. */
  override async alarm(): Promise<void> {
    try {
      // First of all the next alarm, for the work may die with the object.
      await this.ctx.storage.setAlarm(Date.now() + ALARM_AGAIN_MS);
      const board = this.openBoard();
      board.endPast();
      this.endPastGuards();
      this.endHeld();
      await this.#keeper().onAlarm();
      await this.writeCounts();
      await sendProbes(board, (route) => this.probeInTime(route));
      await this.routeChecks().send();
      await this.ctx.storage.deleteAlarm();
      await this.#setAlarm();
    } catch (cause) {
      this.#noteAlarmFailure(`${new Date(this.clock().now()).toISOString()} ${String(cause)}`.slice(0, 500));
    }
  }

  #noteAlarmFailure(what: string): void {
    console.error(JSON.stringify({ event: "switchboard_alarm_failed", what }));
    try {
      this.tables.saveNote("alarm_failure", what);
    } catch {
      // Storage that cannot take a note cannot be helped here; the log has it.
    }
  }

  /** Stored first; then Redis has a moment to confirm it, and the alarm sees to the rest. */
  async #takePause(event: PauseEvent): Promise<AlertOutcome | null> {
    const outcome = this.#keeper().take(event);
    await this.#setAlarm();
    await this.#keeper().written(WRITTEN_WITHIN_MS);
    return outcome;
  }

  protected override pauseByWatchdog(provider: string, reason: string): void {
    this.#keeper().take({ kind: "pause", provider, reason, by: "watchdog" });
  }

  protected override dueChanged(): Promise<void> {
    return this.#setAlarm();
  }

  protected override pausedScopes(): ReadonlySet<string> {
    return this.#keeper().scopes;
  }

  #routing(): Routing {
    this.#map ??= this.routing();
    return this.#map;
  }

  #keeper(): PauseKeeper {
    if (this.#pauses === null) {
      const { routes, budget } = this.#routing();
      const providers = new Set(routes.map((route) => route.provider));
      const canonical = (name: string): string => this.canonicalProvider(name);
      this.#pauses = new PauseKeeper({
        rules: { ...budget, providers, canonical },
        store: new PauseTables(this.ctx.storage.sql),
        flags: this.flagStore(this.#routing()),
        clock: this.clock(),
        changed: (scopes) => {
          this.chainsChanged();
          this.followPauses(this.#keeper().views());
          this.openBoard().setPaused(scopes);
        },
        tell: (notice) => this.tell(notice),
        away: (what) => console.warn(JSON.stringify({ event: "redis_away", what })),
        back: (awayMs, tries) => console.log(JSON.stringify({ event: "redis_back", awayMs, tries })),
      });
    }
    return this.#pauses;
  }

  protected override openBoard(): Board {
    if (this.#board !== null) return this.#board;
    this.#tellSetup();
    this.#board = new Board({
      routing: this.#routing(),
      clock: this.clock(),
      store: this.tables,
      random: Math.random,
      notice: (notice) => {
        if (notice.event === "closed") this.circuitClosed();
        this.countOpening(notice);
        this.notice(notice);
        if (notice.event === "opened") this.endHeld();
      },
      tell: (notice) => this.tell(notice),
      paused: this.#keeper().scopes,
      kept: { ...this.kept, prefer: (now) => this.preferences(now) },
    });
    return this.#board;
  }

  /** Once for what is wrong, and not each time that the object wakes. */
  #tellSetup(): void {
    const notice = this.setupNotice(this.#routing(), this.clock().now());
    const why = notice?.why ?? "";
    if ((this.tables.note("setup_told") ?? "") === why) return;
    this.tables.saveNote("setup_told", why);
    if (notice !== null) this.tell(notice);
  }

  /** The alarm is the earliest due time of the rows. Asked at every request: a missing alarm is set again. */
  async #setAlarm(): Promise<void> {
    const ofObject = [this.openBoard().nextDueMs(), this.#keeper().nextDueMs(), this.routeChecks().nextDueMs()];
    const due = [...ofObject, this.guardsDueMs(), this.countsDueMs(), this.heldDueMs()];
    const dueMs = Math.min(...due.map((moment) => moment ?? Infinity));
    if (dueMs === Infinity) return;
    const atMs = this.alarmAt(dueMs);
    const setMs = await this.ctx.storage.getAlarm();
    if (setMs === null || atMs < setMs) await this.ctx.storage.setAlarm(atMs);
  }

  /** A probe meets what callers meet. */
  protected override async probeInTime(route: Route): Promise<ProbeOutcome> {
    const board = this.openBoard();
    const fault = board.drill.faultOf(route.id);
    const faulty = fault === null ? null : faultyProbe(fault, route, Math.random);
    const probe = () => (faulty === null ? this.probe(route) : Promise.resolve(faulty));
    const outcome = await probeWithinLease(probe, board.routing.breaker.probeLeaseMs, this.clock());
    this.probed(route.id, outcome);
    return outcome;
  }
}

/** Whoever decided on a pause waits so long for Redis to have it too. */
const WRITTEN_WITHIN_MS = 2_000;

/** Where the work of an alarm is lost, it is done again this much later. */
const ALARM_AGAIN_MS = 30_000;
