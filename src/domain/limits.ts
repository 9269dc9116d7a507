/** How much somebody may use. Null: no bound. */
export interface Limits {
  readonly requestsPerMinute: number | null;
  /** Input and output together, from midnight to midnight UTC. */
  readonly dailyTokens: number | null;
  /** By calendar month, UTC. */
  readonly monthlyTokens: number | null;
  /** US dollars by calendar month, UTC. */
  readonly monthlyUsd: number | null;
}

export const LIMIT_NAMES = ["requestsPerMinute", "dailyTokens", "monthlyTokens", "monthlyUsd"] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

export const NO_LIMITS: Limits = {
  requestsPerMinute: null,
  dailyTokens: null,
  monthlyTokens: null,
  monthlyUsd: null,
};

/** What a limit is for: `all`, `account:X`, `tenant:T`, `user:T/U` or `token:ID`. */
export const ALL_SCOPE = "all";

/** Whose money it is that ran out: the operator's own, or that of one of the callers. */
export function isOperators(scope: string): boolean {
  return scope === ALL_SCOPE || scope.startsWith("account:");
}
