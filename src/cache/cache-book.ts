/**
 * A tenant's cache without its platform: the tables and, from the first question for something similar, a copy of the
 * vectors in memory. Everything here is done at once, so nothing comes between a look and what follows from it.
 * The embedded vectors are made here, of every question that can be compared; those of a route come from outside.
 */
import type {
  CacheEntry,
  CacheFound,
  CacheOwner,
  CacheQuestion,
  CacheVector,
  CacheView,
  SimilarQuestion,
} from "./cache-port.ts";
import type { CacheTables, KeptAnswer } from "./cache-tables.ts";
import { NearestVectors } from "./nearest.ts";
import { differenceBetween } from "./similar.ts";
import { embeddedVector, EMBEDDED } from "./vectorise.ts";

export class CacheBook {
  readonly #tables: CacheTables;
  /** By their vectoriser; one is never compared with another's. */
  readonly #vectors = new Map<string, NearestVectors>();

  constructor(tables: CacheTables) {
    this.#tables = tables;
  }

  find({ exact, maxAgeMs, similar }: CacheQuestion, nowMs: number): CacheFound | null {
    const same = this.#tables.byExact(exact);
    if (same !== null && nowMs - same.keptAtMs <= maxAgeMs) return this.#given(same, 1, "exact", nowMs);
    const bytes = similar && embeddedVector(similar.question);
    return similar && bytes && this.findNear(similar, { by: EMBEDDED, bytes }, true, maxAgeMs, nowMs);
  }

  /** The nearest by this vector. `wordsMustMatch`: see `similar.ts`. */
  findNear(
    similar: SimilarQuestion,
    vector: CacheVector,
    wordsMustMatch: boolean,
    maxAgeMs: number,
    nowMs: number,
  ): CacheFound | null {
    const { context, question, threshold } = similar;
    for (const { id, similarity } of this.#open(vector).near(context, vector.bytes, threshold, CANDIDATES)) {
      const kept = this.#tables.byId(id);
      if (kept === null || kept.question === null || nowMs - kept.keptAtMs > maxAgeMs) continue;
      if (differenceBetween(question, kept.question, { wordsMustMatch }) !== null) continue;
      return this.#given(kept, similarity, "similar", nowMs);
    }
    return null;
  }

  /** Its id; null: nothing may be kept. */
  keep(entry: CacheEntry, nowMs: number): number | null {
    const known = this.#tables.byExact(entry.exact);
    if (known !== null) this.#remove([known.id]);
    if (entry.most < 1 || entry.maxAgeMs <= 0) return null;
    const id = this.#tables.add(entry, nowMs);
    const bytes = entry.question === null ? null : embeddedVector(entry.question);
    if (bytes !== null) this.#addVector(id, entry.context, { by: EMBEDDED, bytes });
    this.#remove(this.#tables.ended(nowMs, ENDED_AT_A_TIME));
    this.#remove(this.#tables.beyond(entry.most));
    return id;
  }

  /** A further vector of what was kept, if it is still there. */
  addVector(id: number, context: string, vector: CacheVector): void {
    if (this.#tables.byId(id) !== null) this.#addVector(id, context, vector);
  }

  erase(owner: CacheOwner): number {
    const ids = this.#tables.of(owner);
    this.#remove(ids);
    return ids.length;
  }

  eraseEnded(nowMs: number): void {
    this.#remove(this.#tables.ended(nowMs, Number.MAX_SAFE_INTEGER));
  }

  firstEndMs(): number | null {
    return this.#tables.firstEndMs();
  }

  view(): CacheView {
    return this.#tables.view();
  }

  #addVector(id: number, context: string, vector: CacheVector): void {
    this.#tables.addVector(id, context, vector);
    this.#vectors.get(vector.by)?.add(id, context, vector.bytes);
  }

  #given(
    { id, answer, keptAtMs }: KeptAnswer,
    similarity: number,
    match: CacheFound["match"],
    nowMs: number,
  ): CacheFound {
    this.#tables.use(id);
    return { answer, ageMs: Math.max(0, nowMs - keptAtMs), similarity, match };
  }

  #open({ by, bytes }: CacheVector): NearestVectors {
    const known = this.#vectors.get(by);
    if (known?.dimensions === bytes.length) return known;
    const nearest = new NearestVectors(bytes.length);
    for (const kept of this.#tables.vectorsOf(by)) nearest.add(kept.id, kept.context, kept.bytes);
    this.#vectors.set(by, nearest);
    return nearest;
  }

  #remove(ids: readonly number[]): void {
    this.#tables.remove(ids);
    for (const nearest of this.#vectors.values()) for (const id of ids) nearest.remove(id);
  }
}

/** The nearest may be the one that differs in a number; so many are looked at before there is none. */
const CANDIDATES = 8;
/** With each answer that is kept; the rest is the alarm's. */
const ENDED_AT_A_TIME = 20;
