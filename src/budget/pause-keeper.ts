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

export interface PauseStore {
  /** Null: nothing was stored yet. */
  load(): PauseState | null;
  save(state: PauseState): void;
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
  /** Redis did not answer; for the log. */
  readonly away: (what: string) => void;
}

/** Redis is asked at most this often while somebody asks us. */
const READ_EVERY_MS = 1_000;
/** And this often while something is paused or unwritten, whoever asks. */
const LOOK_EVERY_MS = 2_000;
/** A question waits so long for a reading, counted from when it was sent; then the copy answers, and the reading goes on. */
const LONGEST_WAIT_MS = 150;
/** A slow Redis is still heard. */
const READ_LIMIT_MS = 10_000;
const WRITE_LIMIT_MS = 10_000;

export class PauseKeeper {
  readonly #options: PauseKeeperOptions;
  #state: PauseState;
  /** A reading that began before one of these ended may not show it. What is not written yet, the machine knows of. */
  #writesEnded = 0;
  #reading: Promise<void> | null = null;
  #readSentMs = -Infinity;
  #lookedMs = -Infinity;
  #writing: Promise<void> | null = null;

  constructor(options: PauseKeeperOptions) {
    this.#options = options;
    this.#state = options.store.load() ?? emptyPauseState;
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
    const now = this.#options.clock.now();
    const { pauses, unwritten } = this.#state;
    const monthMs = nextMonthDueMs(this.#state, now) ?? Infinity;
    const watched = this.#options.flags !== null && (pauses.size > 0 || unwritten.length > 0);
    const lookMs = watched ? Math.max(this.#readSentMs, this.#lookedMs, now - LOOK_EVERY_MS) + LOOK_EVERY_MS : Infinity;
    const dueMs = Math.min(monthMs, lookMs);
    return dueMs === Infinity ? null : dueMs;
  }

  /** The object's alarm. Waits for Redis no longer than a question does: what comes later is heard all the same. */
  async onAlarm(): Promise<void> {
    this.take({ kind: "time" });
    const { pauses, unwritten } = this.#state;
    if (this.#options.flags === null || (pauses.size === 0 && unwritten.length === 0)) return;
    this.#lookedMs = this.#options.clock.now();
    await this.fresh();
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
        (cause: unknown) => this.#options.away(`read: ${String(cause)}`),
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
        this.#options.away(`write: ${String(cause)}`);
        return;
      }
      this.#confirm(asked);
    }
  }

  /** What came in while these were written is still to be done. */
  #confirm(written: PauseState): void {
    const unwritten = this.#state.unwritten.filter((write) => !written.unwritten.includes(write));
    this.#state = { ...this.#state, unwritten };
    this.#options.store.save(this.#state);
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
