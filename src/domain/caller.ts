/** Who calls, and what it may choose. `identity/identify.ts` makes it of what was presented. */
export interface Caller {
  readonly tenant: string;
  /** As the tenant knows its user; null: the tenant's own server calls. */
  readonly user: string | null;
  readonly by: "server_key" | "client_token" | "identity";
  /** The server key with which this caller stands and falls; null: none of ours vouches for it. */
  readonly keyId: string | null;
  /** Kinds that it may name as `model`; null: every one. */
  readonly kinds: readonly string[] | null;
  /** The largest `max_tokens` that it may ask for, and what it gets where it asks for none; null: no bound. */
  readonly maxTokens: number | null;
  /** Pages that may call in its name, of those that the tenant allows; null: all of these. */
  readonly origins: readonly string[] | null;
  /** What is counted for this one token alone; null: nothing is. */
  readonly token: TokenBounds | null;
}

export interface TokenBounds {
  readonly id: string;
  readonly expiresAtMs: number;
  /** US dollars over the token's whole life; null: no bound of its own. */
  readonly maxUsd: number | null;
  readonly requestsPerMinute: number | null;
}
