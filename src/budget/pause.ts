/**
 * The pause as everybody sees it. A scope is `all`, or the canonical name of
 * a provider; the flag in Redis is `pause_ai_tasks`, or
 * `pause_ai_tasks:<provider>` under any of the provider's names.
 */
import type { Route } from "../domain/route.ts";
import type { PauseSettings } from "../domain/routing.ts";

export const ALL = "all";

export interface PauseView {
  readonly scope: string;
  readonly by: "alert" | "hand" | "operator" | "watchdog";
  readonly sinceMs: number;
  readonly reason: string;
  /** What the alert said; null: no alert set it. */
  readonly percent: number | null;
}

/** Is this route at a standstill, given the scopes that are paused? */
export function isPaused(route: Route, scopes: ReadonlySet<string>, settings: PauseSettings): boolean {
  if (scopes.size === 0) return false;
  if (settings.keepFree && route.cost !== "paid") return false;
  return scopes.has(ALL) || scopes.has(route.provider);
}
