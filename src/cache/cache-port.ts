/** What a tenant's cache is asked and told: plain data, and the isolate's own word for nothing but what it wants. */
import type { Usage } from "../openai/chat-completion.ts";

export interface CachePort {
  find(question: CacheQuestion): Promise<CacheFound | null>;
  keep(entry: CacheEntry): Promise<void>;
  /** How many were erased. */
  erase(whose: CacheOwner): Promise<number>;
  view(): Promise<CacheSize>;
}

/** `user`: what was kept of this user's calls, also where it may be given to others. */
export type CacheOwner = { readonly of: "tenant" } | { readonly of: "user"; readonly user: string };

export interface CacheQuestion {
  /** See `cache-key.ts`. */
  readonly exact: string;
  /** Older answers count as none. */
  readonly maxAgeMs: number;
  /** Null: the same question, or nothing. */
  readonly similar: SimilarQuestion | null;
  /** May the map's embeddings route be asked? Not while its account is paused or out. */
  readonly mayAskRoute: boolean;
}

export interface SimilarQuestion {
  readonly context: string;
  readonly question: string;
  /** The cosine must be over it. */
  readonly threshold: number;
}

export interface CacheVector {
  /** The vectoriser's name: vectors of another one are not compared. */
  readonly by: string;
  readonly bytes: Int8Array;
}

/** Asks an embeddings route of the map's choice. Null: it has no vector for this text, or is not to be had. */
export type AskVector = (text: string) => Promise<CacheVector | null>;

export interface CacheEntry {
  readonly exact: string;
  readonly context: string;
  /** Whose call it was, so that it can be erased; null: the tenant's own server's. */
  readonly user: string | null;
  /** Null: only the very same request finds it. */
  readonly question: string | null;
  readonly answer: CachedAnswer;
  /** After this it is erased. */
  readonly maxAgeMs: number;
  /** More than so many answers the tenant's cache does not hold; the least recently used leave. */
  readonly most: number;
  /** As of a question. */
  readonly mayAskRoute: boolean;
}

export interface CachedAnswer {
  readonly text: string;
  /** As the provider named it. */
  readonly model: string;
  readonly route: string;
  readonly usage: Usage | null;
}

export interface CacheFound {
  readonly answer: CachedAnswer;
  readonly ageMs: number;
  /** 1: the very same request. */
  readonly similarity: number;
  readonly match: "exact" | "similar";
}

export interface CacheView {
  readonly entries: number;
  /** Of those that can be found by similarity. */
  readonly compared: number;
  readonly oldestAtMs: number | null;
}

export interface CacheSize extends CacheView {
  /** On disk, with indexes. */
  readonly bytes: number;
}
