import type { Limits } from "./limits.ts";

/** Whose apps call: what shares keys, origins, limits and jobs. */
export interface Tenant {
  /** Exact origins of its pages; null: those of `ALLOWED_ORIGINS`. */
  readonly origins: readonly string[] | null;
  /** Kinds that its callers may name; null: every one. */
  readonly kinds: readonly string[] | null;
  readonly limits: Limits;
  /** For each of its users by itself. */
  readonly perUser: Limits;
}

/** Whose calls those are that no key says more of: the development key's, and what jobs of old belong to. */
export const DEFAULT_TENANT = "default";

/** Names stand in keys and in headers. */
export const TENANT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
