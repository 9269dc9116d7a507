/**
 * The switchboard's copy of the pause: keeps it, looks into Redis no more than
 * once a second, and writes there what was decided here until Redis has
 * confirmed it. Where Redis is slow, away or emptied, the copy decides.
 */
import type { Notice } from "../domain/notice.ts";
import { wait, type Clock } from "../lib/clock.ts";
import type { FlagReading, FlagStore } from "./flag-store.ts";
import type { PauseView } from "./pause.ts";
import type { AlertOutcome } from "./pause-port.ts";
import { nextMonthDueMs, step, type PauseEvent, type PauseRules } from "./pause-machine.ts";
import { emptyPauseState, pauseViews, type PauseState } from "./pause-state.ts";
import { afterFailure, afterReading, lookEveryMs, type RedisAway } from "./redis-away.ts";

export interface PauseStore {
  /** Null: nothing was stored yet. */
  load(): PauseState | null;
  save(state: PauseState): void;
  /** Null: Redis answers. Stored, for the object is evicted between two looks that are far apart. */
  loadAway(): RedisAway | null;
  saveAway(away: RedisAway | null): void;
}

export interface PauseKeeperOptions {
  readonly rules: PauseRules;
  readonly store: PauseStore;
  /** Null: no Redis; the copy is all there is. */
  readonly flags: FlagStore | null;
  readonly clock: Clock;
  /** What is paused has changed. */
  readonly changed: (scopes: ReadonlySet<string>) => void;
  readonly tell: (notice: Notice) => void;
  /** Redis has ceased to answer, and is back; for the log, once each. */
  readonly away: (what: string) => void;
  readonly back: (awayMs: number, tries: number) => void;
}

/** Redis is asked at most this often while somebody asks us. */
const READ_EVERY_MS = 1_000;
/** A question waits so long for a reading, counted from when it was sent; then the copy answers, and the reading goes on. */
const LONGEST_WAIT_MS = 150;
/** A slow Redis is still heard. */
const READ_LIMIT_MS = 10_000;
const WRITE_LIMIT_MS = 10_000;

export class PauseKeeper {
  readonly #options: PauseKeeperOptions;
  #state: PauseState;
  #away: RedisAway | null;
  /** A reading that began before one of these ended may not show it. What is not written yet, the machine knows of. */
  #writesEnded = 0;
  #reading: Promise<void> | null = null;
  #readSentMs = -Infinity;
  #lookedMs = -Infinity;
  #writing: Promise<void> | null = null;

  constructor(options: PauseKeeperOptions) {
    this.#options = options;
    this.#state = options.store.load() ?? emptyPauseState;
    this.#away = options.store.loadAway();
  }

  get scopes(): ReadonlySet<string> {
    return new Set(this.#state.pauses.keys());
  }

  views(): readonly PauseView[] {
    return pauseViews(this.#state);
  }

  /** Decided and stored when it returns; Redis follows (`written`). Null: the event was no alert. */
  take(event: PauseEvent): AlertOutcome | null {
    const { rules, store, changed, tell, clock } = this.#options;
    const before = this.#state;
    const { state, notices, outcome } = step(before, event, clock.now(), rules);
    if (state !== before) {
      store.save(state);
      this.#state = state;
      if (!sameKeys(before.pauses, state.pauses)) changed(this.scopes);
    }
    for (const notice of notices) tell(notice);
    void this.#write();
    return outcome;
  }

  /** Null: the copy is fresh enough, or nobody knows better. Otherwise it is at the latest when this resolves; it never rejects. */
  fresh(): Promise<void> | null {
    const { flags, clock } = this.#options;
    if (flags === null) return null;
    const now = clock.now();
    const reading = now - this.#readSentMs < READ_EVERY_MS ? this.#reading : this.#read();
    const leftMs = this.#readSentMs + LONGEST_WAIT_MS - now;
    return reading === null || leftMs <= 0 ? null : atMost(reading, leftMs, clock);
  }

  /** Resolves when Redis has confirmed everything, or after `limitMs`: it is tried again then by the alarm. */
  async written(limitMs: number): Promise<void> {
    const writing = this.#write();
    if (writing !== null) await atMost(writing, limitMs, this.#options.clock);
  }

  /** When there is something to do without being asked; null: never. */
  nextDueMs(): number | null {
    const monthMs = nextMonthDueMs(this.#state, this.#options.clock.now()) ?? Infinity;
    const dueMs = Math.min(monthMs, this.#nextLookMs());
    return dueMs === Infinity ? null : dueMs;
  }

  /** The object's alarm. Waits for Redis no longer than a question does: what comes later is heard all the same. */
  async onAlarm(): Promise<void> {
    const now = this.#options.clock.now();
    // The alarm has other reasons to come: those do not put the next look off further.
    if (this.#away !== null && now >= this.#nextLookMs()) this.#setAway({ ...this.#away, looks: this.#away.looks + 1 });
    this.take({ kind: "time" });
    if (!this.#isWatched()) return;
    this.#lookedMs = now;
    await this.fresh();
  }

  /** While something is paused or unwritten, whoever asks; otherwise Infinity. */
  #nextLookMs(): number {
    if (!this.#isWatched()) return Infinity;
    const everyMs = lookEveryMs(this.#away, this.#state.pauses.size > 0);
    return Math.max(this.#readSentMs, this.#lookedMs, this.#options.clock.now() - everyMs) + everyMs;
  }

  #isWatched(): boolean {
    const { pauses, unwritten } = this.#state;
    return this.#options.flags !== null && (pauses.size > 0 || unwritten.length > 0);
  }

  /** Null: nothing can be read. One at a time, whoever asks. */
  #read(): Promise<void> | null {
    const { flags, clock } = this.#options;
    if (flags === null || this.#reading !== null) return this.#reading;
    this.#readSentMs = clock.now();
    const writesEnded = this.#writesEnded;
    const reading = flags
      .read(READ_LIMIT_MS)
      .then(
        (seen) => this.#learn(seen, writesEnded),
        (cause: unknown) => this.#failed("reads", cause),
      )
      .finally(() => {
        this.#reading = null;
      });
    this.#reading = reading;
    return reading;
  }

  #learn(reading: FlagReading, writesEnded: number): void {
    if (writesEnded === this.#writesEnded) this.take({ kind: "read", reading });
    // The next question looks again.
    else this.#readSentMs = -Infinity;
    this.#setAway(afterReading(this.#away, this.#state.unwritten.length === 0));
  }

  /** Null: there is nothing to write. */
  #write(): Promise<void> | null {
    const { flags } = this.#options;
    if (this.#writing !== null || this.#state.unwritten.length === 0) return this.#writing;
    if (flags === null) {
      this.#confirm(this.#state);
      return null;
    }
    const writing = this.#writeAll(flags).finally(() => {
      this.#writing = null;
      this.#writesEnded += 1;
    });
    this.#writing = writing;
    return writing;
  }

  async #writeAll(flags: FlagStore): Promise<void> {
    while (this.#state.unwritten.length > 0) {
      const asked = this.#state;
      try {
        await flags.write(asked.unwritten, WRITE_LIMIT_MS);
      } catch (cause) {
        this.#failed("writes", cause);
        return;
      }
      this.#setAway(null);
      this.#confirm(asked);
    }
  }

  /** What came in while these were written is still to be done. */
  #confirm(written: PauseState): void {
    const unwritten = this.#state.unwritten.filter((write) => !written.unwritten.includes(write));
    this.#state = { ...this.#state, unwritten };
    this.#options.store.save(this.#state);
  }

  #failed(part: "reads" | "writes", cause: unknown): void {
    const { away, clock } = this.#options;
    if (this.#away === null) away(`${part}: ${String(cause)}`);
    this.#setAway(afterFailure(this.#away, part, clock.now()));
  }

  #setAway(away: RedisAway | null): void {
    const before = this.#away;
    if (away === before) return;
    this.#options.store.saveAway(away);
    this.#away = away;
    if (before !== null && away === null) this.#options.back(this.#options.clock.now() - before.sinceMs, before.tries);
  }
}

async function atMost(work: Promise<void>, ms: number, clock: Clock): Promise<void> {
  const inTime = new AbortController();
  try {
    await Promise.race([work, wait(clock, ms, inTime.signal)]);
  } finally {
    inTime.abort();
  }
}

function sameKeys(left: ReadonlyMap<string, unknown>, right: ReadonlyMap<string, unknown>): boolean {
  return left.size === right.size && [...left.keys()].every((key) => right.has(key));
}
