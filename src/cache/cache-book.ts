/**
 * A tenant's cache without its platform: the tables and, from the first question for something similar, a copy of the
 * vectors in memory. Everything here is done at once, so nothing comes between a look and what follows from it.
 */
import type { CacheEntry, CacheFound, CacheOwner, CacheQuestion, CacheView, SimilarQuestion } from "./cache-port.ts";
import type { CacheTables, KeptAnswer } from "./cache-tables.ts";
import { NearestVectors } from "./nearest.ts";
import { differenceBetween } from "./similar.ts";

export class CacheBook {
  readonly #tables: CacheTables;
  #vectors: { readonly by: string; readonly nearest: NearestVectors } | null = null;

  constructor(tables: CacheTables) {
    this.#tables = tables;
  }

  find({ exact, maxAgeMs, similar }: CacheQuestion, nowMs: number): CacheFound | null {
    const same = this.#tables.byExact(exact);
    if (same !== null && nowMs - same.keptAtMs <= maxAgeMs) return this.#given(same, 1, "exact", nowMs);
    return similar && this.#findSimilar(similar, maxAgeMs, nowMs);
  }

  keep(entry: CacheEntry, nowMs: number): void {
    const known = this.#tables.byExact(entry.exact);
    if (known !== null) this.#remove([known.id]);
    if (entry.most < 1 || entry.maxAgeMs <= 0) return;
    const id = this.#tables.add(entry, nowMs);
    const { vector, context } = entry;
    if (vector !== null && this.#vectors?.by === vector.by) this.#vectors.nearest.add(id, context, vector.bytes);
    this.#remove(this.#tables.ended(nowMs, ENDED_AT_A_TIME));
    this.#remove(this.#tables.beyond(entry.most));
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

  #findSimilar(similar: SimilarQuestion, maxAgeMs: number, nowMs: number): CacheFound | null {
    const { context, question, vector, threshold } = similar;
    for (const { id, similarity } of this.#open(vector).near(context, vector.bytes, threshold, CANDIDATES)) {
      const kept = this.#tables.byId(id);
      if (kept === null || kept.question === null || nowMs - kept.keptAtMs > maxAgeMs) continue;
      if (differenceBetween(question, kept.question, similar) !== null) continue;
      return this.#given(kept, similarity, "similar", nowMs);
    }
    return null;
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

  /** One vectoriser's at a time: a map that changes its vectoriser seldom changes back. */
  #open({ by, bytes }: SimilarQuestion["vector"]): NearestVectors {
    if (this.#vectors?.by === by) return this.#vectors.nearest;
    const nearest = new NearestVectors(bytes.length);
    for (const kept of this.#tables.vectorsOf(by)) nearest.add(kept.id, kept.context, kept.bytes);
    this.#vectors = { by, nearest };
    return nearest;
  }

  #remove(ids: readonly number[]): void {
    this.#tables.remove(ids);
    for (const id of ids) this.#vectors?.nearest.remove(id);
  }
}

/** The nearest may be the one that differs in a number; so many are looked at before there is none. */
const CANDIDATES = 8;
/** With each answer that is kept; the rest is the alarm's. */
const ENDED_AT_A_TIME = 20;
