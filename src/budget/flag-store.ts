/**
 * The flags in Redis, as the switchboard (and, where that is away, an isolate
 * or a webhook) reads and writes them. A scope is `all`, or the canonical name
 * of a provider; which keys stand for it is the store's to know.
 */
export interface FlagStore {
  /** Rejects where Redis has not answered after `limitMs`. */
  read(limitMs: number): Promise<FlagReading>;
  /** In this order. Rejects where one was not confirmed: then any of them may have been done. */
  write(writes: readonly FlagWrite[], limitMs: number): Promise<void>;
}

export interface FlagReading {
  readonly scopes: ReadonlySet<string>;
  /** Our own mark is there: whatever is missing was taken away on purpose. Without it Redis is new, or was emptied. */
  readonly epoch: boolean;
}

export type FlagWrite =
  | { readonly kind: "set"; readonly scope: string }
  | { readonly kind: "clear"; readonly scope: string }
  /** Every flag there is, whoever set it. */
  | { readonly kind: "clear_all" }
  | { readonly kind: "epoch" };
