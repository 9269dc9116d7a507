import type { Notice } from "../domain/notice.ts";
import type { Routing } from "../domain/routing.ts";
import { platformMoment, realClock, type Clock } from "../lib/clock.ts";
import type { BlockedLoop } from "./loop-book.ts";
import { LoopBook } from "./loop-book.ts";
import type { ProbeOutcome } from "./probe.ts";
import { QuietBook } from "./quiet-book.ts";
import { MeasuresObject } from "./measures-object.ts";
import type { SnapshotKept } from "./snapshot.ts";
import type { Report, SnapshotReply } from "./switchboard-port.ts";

/** What the switchboard's object knows beside the breakers: requests that loop, and kinds of which nobody answers. */
export abstract class GuardsObject<Env> extends MeasuresObject<Env> {
  readonly #loops: LoopBook;
  #quietBook: QuietBook | null = null;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#loops = new LoopBook(state.storage.sql, (notice) => this.tell(notice));
  }

  protected override clock(): Clock {
    return realClock;
  }

  /** The platform's own time of a moment by our clock. */
  protected alarmAt(dueMs: number): number {
    return platformMoment(dueMs, this.clock());
  }

  /** For a human. It must not throw, and not wait. */
  protected abstract tell(notice: Notice): void;

  /** The map, asked for once. */
  protected abstract knownRouting(): Routing;

  /** Every isolate is to know, where there is a board yet. */
  protected abstract guardsChanged(): void;

  protected readonly kept: SnapshotKept = {
    ...this.records,
    loops: (now) => this.#loops.blocked(now),
    quiet: () => this.#quiet().moments(),
  };

  protected heardByGuards({ isolate, runs, exhausted = [], failing = [] }: Report): void {
    const now = this.clock().now();
    this.#quiet().note(isolate, exhausted, runs, now);
    if (this.#loops.note(isolate, failing, now)) this.guardsChanged();
  }

  /** One walk of a quiet kind is leased to whoever asks first when it is due. `reply` is made after that. */
  protected replyWithLease(waiting: readonly string[], reply: () => SnapshotReply): SnapshotReply {
    const leased = waiting.length === 0 ? [] : this.#quiet().lease(waiting, this.clock().now());
    return leased.length === 0 ? reply() : { ...reply(), leased };
  }

  /** A circuit has closed: what its route could not do before, it may do now. */
  protected circuitClosed(): void {
    this.#loops.clear(null);
    this.chainsChanged();
  }

  /** Somebody has switched or paused something: every chain is worth a walk. */
  protected chainsChanged(): void {
    this.#quiet().endAll(this.clock().now());
  }

  protected probed(routeId: string, { failure, ms }: ProbeOutcome): void {
    const now = this.clock().now();
    if (failure === null) this.#quiet().answered(routeId, now - ms, now);
  }

  protected endPastGuards(): void {
    this.#quiet().endPast(this.clock().now());
  }

  protected guardsDueMs(): number | null {
    return this.#quiet().dueMs();
  }

  protected blockedLoops(): readonly BlockedLoop[] {
    return this.#loops.overview(this.clock().now());
  }

  /** `all`, or a fingerprint; false: there is none like it. */
  protected clearLoop(loop: string): boolean {
    const cleared = this.#loops.clear(loop === "all" ? null : loop);
    if (cleared) this.guardsChanged();
    return cleared || loop === "all";
  }

  #quiet(): QuietBook {
    this.#quietBook ??= new QuietBook({
      sql: this.ctx.storage.sql,
      routing: this.knownRouting(),
      changed: () => this.guardsChanged(),
      tell: (notice) => this.tell(notice),
    });
    return this.#quietBook;
  }
}
