/** What the watchdog may do by itself, and which routes that may put first for whose calls. */
import { WATCHDOG_ACTIONS, type WatchdogAction } from "../../src/domain/watchdog.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import { watchdogSettings } from "../../src/routing/watchdog-settings.ts";
import { routesOfKind } from "../lint/chains.ts";
import type { Chain } from "../lint/chains.ts";

export interface WatchdogChange {
  readonly allowed: readonly WatchdogAction[];
  readonly forbidden: readonly WatchdogAction[];
  /** Null: the same, or it puts nothing first. */
  readonly holdMinutes: { readonly before: number; readonly after: number } | null;
  /** Whom it may put first, where that changes; kinds that change alike stand together. */
  readonly putFirst: readonly PutFirst[];
}

export interface PutFirst {
  readonly kinds: readonly string[];
  /** The ids of free and local routes behind the first; it takes the first one that is well. Empty: none. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

interface Side {
  readonly map: RoutingMap;
  readonly chains: readonly Chain[];
}

export function compareWatchdog(before: Side, after: Side): WatchdogChange {
  const [earlier, later] = [watchdogSettings(before.map), watchdogSettings(after.map)];
  const minutes = { before: earlier.holdMs / 60_000, after: later.holdMs / 60_000 };
  const holds = earlier.act.has("prefer_free") && later.act.has("prefer_free");
  return {
    allowed: WATCHDOG_ACTIONS.filter((action) => later.act.has(action) && !earlier.act.has(action)),
    forbidden: WATCHDOG_ACTIONS.filter((action) => earlier.act.has(action) && !later.act.has(action)),
    holdMinutes: holds && minutes.before !== minutes.after ? minutes : null,
    putFirst: putFirst(before, after),
  };
}

function putFirst(before: Side, after: Side): readonly PutFirst[] {
  const named = [before, after].flatMap(({ map }) => Object.keys(map.kinds ?? {}));
  const together = new Map<string, PutFirst>();
  for (const kind of [null, ...new Set(named)]) {
    const change = { before: mayBeFirst(kind, before), after: mayBeFirst(kind, after) };
    if (JSON.stringify(change.before) === JSON.stringify(change.after)) continue;
    const mark = JSON.stringify(change);
    together.set(mark, { kinds: [...(together.get(mark)?.kinds ?? []), kind ?? "auto"], ...change });
  }
  return [...together.values()];
}

/** As `src/watch/actions.ts` chooses them. */
function mayBeFirst(kind: string | null, { map, chains }: Side): readonly string[] {
  const entry = kind === null ? {} : map.kinds?.[kind];
  if (entry === undefined || entry.answeredBy === "human" || !watchdogSettings(map).act.has("prefer_free")) return [];
  const [, ...behind] = routesOfKind(kind, chains);
  return behind.filter(({ cost }) => cost !== "paid").map(({ id }) => id);
}
