import { DurableObject } from "cloudflare:workers";
import { platformMoment, realClock, type Clock } from "../lib/clock.ts";
import { CacheBook } from "./cache-book.ts";
import type {
  AskVector,
  CacheEntry,
  CacheFound,
  CacheOwner,
  CachePort,
  CacheQuestion,
  CacheSize,
} from "./cache-port.ts";
import { CacheTables } from "./cache-tables.ts";

/**
 * One tenant's cached answers: a thin shell round its book. Its one alarm erases what has ended. Nothing that is asked
 * of it waits for an embeddings route but what the embedded vectors have not found, and an answer is kept before.
 */
export abstract class CacheObject<Env = unknown> extends DurableObject<Env> implements CachePort {
  #opened: CacheBook | null = null;

  protected clock(): Clock {
    return realClock;
  }

  /** Null: the map names no embeddings route. */
  protected embeddings(): AskVector | null {
    return null;
  }

  async find(question: CacheQuestion): Promise<CacheFound | null> {
    const found =
      this.#atOnce((book) => book.find(question, this.clock().now())) ?? (await this.#findByRoute(question));
    await this.#setMissingAlarm();
    return found;
  }

  async keep(entry: CacheEntry): Promise<void> {
    const id = this.#atOnce((book) => book.keep(entry, this.clock().now()));
    await this.#setMissingAlarm();
    const ask = entry.mayAskRoute ? this.embeddings() : null;
    if (id === null || entry.question === null || ask === null) return;
    const vector = await ask(entry.question);
    if (vector !== null) this.#atOnce((book) => book.addVector(id, entry.context, vector));
  }

  async erase(whose: CacheOwner): Promise<number> {
    return this.#atOnce((book) => book.erase(whose));
  }

  async view(): Promise<CacheSize> {
    return { ...this.#book().view(), bytes: this.ctx.storage.sql.databaseSize };
  }

  override async alarm(): Promise<void> {
    try {
      // The next one first: what fails now is tried again then.
      await this.#setAlarm();
      this.#atOnce((book) => book.eraseEnded(this.clock().now()));
      await this.#setAlarm();
    } catch (cause) {
      // After six throws the platform gives up for good.
      console.error(JSON.stringify({ event: "cache_alarm_failed", cause: String(cause) }));
    }
  }

  /** A model knows what words mean, so they need not be the same; what must never differ is looked at here too. */
  async #findByRoute({ similar, maxAgeMs, mayAskRoute }: CacheQuestion): Promise<CacheFound | null> {
    const ask = mayAskRoute ? this.embeddings() : null;
    if (similar === null || ask === null) return null;
    const vector = await ask(similar.question);
    if (vector === null) return null;
    return this.#atOnce((book) => book.findNear(similar, vector, false, maxAgeMs, this.clock().now()));
  }

  #book(): CacheBook {
    this.#opened ??= new CacheBook(new CacheTables(this.ctx.storage.sql));
    return this.#opened;
  }

  /** All of it or none, the copies in memory included. */
  #atOnce<Value>(work: (book: CacheBook) => Value): Value {
    try {
      return this.ctx.storage.transactionSync(() => work(this.#book()));
    } catch (cause) {
      this.#opened = null;
      throw cause;
    }
  }

  async #setMissingAlarm(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.#setAlarm();
  }

  async #setAlarm(): Promise<void> {
    const endMs = this.#book().firstEndMs();
    if (endMs === null) return this.ctx.storage.deleteAlarm();
    const clock = this.clock();
    await this.ctx.storage.setAlarm(platformMoment(Math.max(endMs, clock.now() + LEAST_PAUSE_MS), clock));
  }
}

/** Ten thousand answers end at ten thousand moments; whoever asks is not given one that has ended in any case. */
const LEAST_PAUSE_MS = 600_000;
