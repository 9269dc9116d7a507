import { Board } from "../../../src/breaker/board.ts";
import type { BreakerNotice } from "../../../src/breaker/board-state.ts";
import type { Breakers } from "../../../src/breaker/breakers.ts";
import { createBreakers } from "../../../src/breaker/isolate-breakers.ts";
import type { IsolateBreakerState } from "../../../src/breaker/isolate-state.ts";
import { emptyIsolateState } from "../../../src/breaker/isolate-state.ts";
import type { ProbeOutcome } from "../../../src/breaker/probe.ts";
import { sendProbes } from "../../../src/breaker/send-probes.ts";
import type { Report, SwitchboardPort } from "../../../src/breaker/switchboard-port.ts";
import { Report as ReportSchema } from "../../../src/breaker/switchboard-port.ts";
import type { FailureKind } from "../../../src/domain/failure.ts";
import type { Route } from "../../../src/domain/route.ts";
import type { Routing } from "../../../src/domain/routing.ts";
import { wait } from "../../../src/lib/clock.ts";
import { failureOf, FakeClock, MemoryStore, routeOf, routingOf, seeded } from "./support.ts";

/** The object around the board, as a test needs it: a way there, a way back, and an alarm. */
export class TestSwitchboard implements SwitchboardPort {
  readonly clock: FakeClock;
  readonly routing: Routing;
  readonly board: Board;
  readonly store = new MemoryStore();
  readonly notices: BreakerNotice[] = [];
  readonly reports: Report[] = [];
  questions = 0;
  state: "alive" | "refuses" | "hangs" | "loses_replies" = "alive";
  oneWayMs = 0;
  probe: (route: Route) => Promise<ProbeOutcome> = async () => ({ ms: 10, failure: null });

  constructor(clock: FakeClock, routes: readonly Route[], random = seeded(1)) {
    this.clock = clock;
    this.routing = routingOf(routes);
    const notice = (told: BreakerNotice): void => void this.notices.push(told);
    this.board = new Board({ routing: this.routing, clock, store: this.store, random, notice });
  }

  get exchanges(): number {
    return this.questions + this.reports.length;
  }

  async snapshot(knownVersion: string | null) {
    this.questions += 1;
    await this.#travel();
    const reply = structuredClone(this.board.snapshot(knownVersion));
    await this.#travelBack();
    return reply;
  }

  async report(report: Report) {
    this.reports.push(structuredClone(report));
    await this.#travel();
    const { isolate, knownVersion, runs, near } = ReportSchema.parse(structuredClone(report));
    this.board.note(isolate, runs);
    if (near) this.board.noteNear(near);
    const reply = structuredClone(this.board.snapshot(knownVersion));
    await this.#travelBack();
    return { refused: null, reply };
  }

  async alarm(): Promise<void> {
    this.board.endPast();
    await sendProbes(this.board, (route) => this.probe(route));
  }

  async #travel(): Promise<void> {
    if (this.state === "refuses") throw new Error("the switchboard is away");
    if (this.state === "hangs") await new Promise(() => {});
    if (this.oneWayMs > 0) await wait(this.clock, this.oneWayMs);
  }

  async #travelBack(): Promise<void> {
    if (this.oneWayMs > 0) await wait(this.clock, this.oneWayMs);
    if (this.state === "loses_replies") throw new Error("the reply was lost");
  }
}

/** One isolate: its memory, and breakers as each of its requests makes them anew. */
export class TestIsolate {
  readonly state: IsolateBreakerState = emptyIsolateState();
  readonly afterReply: Promise<unknown>[] = [];
  readonly #switchboard: TestSwitchboard;
  readonly #random: () => number;
  readonly clock: { now(): number; after(ms: number, run: () => void): () => void };

  /** `aheadMs`: by how much this isolate's clock is ahead of everybody else's. */
  constructor(switchboard: TestSwitchboard, seed = 7, aheadMs = 0) {
    this.#switchboard = switchboard;
    this.#random = seeded(seed);
    const { clock } = switchboard;
    this.clock = { now: () => clock.now() + aheadMs, after: (ms, run) => clock.after(ms, run) };
  }

  breakers(): Breakers {
    return createBreakers({
      state: this.state,
      switchboard: () => this.#switchboard,
      afterReply: (promise) => void this.afterReply.push(promise),
      clock: this.clock,
      random: this.#random,
      routing: this.#switchboard.routing,
    });
  }

  record(route: Route, failure: FailureKind | null, startedAtMs = this.clock.now() - 100): void {
    const durationMs = this.clock.now() - startedAtMs;
    const failed = failure === null ? null : failureOf(failure);
    this.breakers().record({ route, startedAtMs, durationMs, failure: failed });
  }
}

export const hot = routeOf("hot/anthropic/sonnet-4.6", "anthropic");
export const smaller = routeOf("hot/anthropic/haiku-4.5", "anthropic");
export const warm = routeOf("warm/openai/gpt-4o-mini", "openai");

export function world(routes: readonly Route[] = [hot, smaller, warm]) {
  const clock = new FakeClock();
  const switchboard = new TestSwitchboard(clock, routes);
  return { clock, switchboard, isolate: new TestIsolate(switchboard) };
}

/** An isolate that has asked once. */
export async function informed() {
  const made = world();
  await made.isolate.breakers().ready();
  return made;
}
