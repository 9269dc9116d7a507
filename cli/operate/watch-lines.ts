/** What `lisbon watch` and `lisbon status` show of the watchers and of what the watchdog has done. */
import type { Watch } from "../admin-schemas.ts";
import { fromNow, isoOf } from "../screen/moments.ts";
import type { Paint } from "../screen/paint.ts";
import { harmless } from "../screen/table.ts";

const NAMES: Readonly<Record<string, string>> = {
  worker: "the watchdog Worker",
  qstash: "the QStash schedule",
  cli: "lisbon watch",
};

export function watchLines({ atMs, findings, seen, acting }: Watch, paint: Paint): readonly string[] {
  const time = new Date(atMs).toISOString();
  const others = Object.entries(seen).filter(([watcher]) => watcher !== "cli");
  return [
    findings.length === 0
      ? `${time} ${paint("good", "all is well")}`
      : `${time} ${paint("bad", findings.length === 1 ? "1 finding" : `${findings.length} findings`)}`,
    ...findings.flatMap(({ title, why, nextAction }) => [
      `  ${paint("warn", harmless(title))} (${harmless(why)})`,
      `    ${harmless(nextAction)}`,
    ]),
    others.length === 0
      ? "  Nobody else looks after it: docs/watchdog.md."
      : `  ${others.map(([watcher, ms]) => `${harmless(NAMES[watcher] ?? watcher)} looked ${fromNow(ms, atMs)}`).join(", ")}`,
    ...watchdogLines(watchRow({ atMs, findings, seen, acting }), atMs).slice(1),
  ];
}

/** Who looked last, and what the watchdog has done that lasts, with moments in ISO form. */
export interface WatchRow {
  readonly seen: Readonly<Record<string, string | null>>;
  readonly preferred: readonly {
    readonly kind: string;
    readonly route: string;
    readonly instead: string;
    readonly until: string | null;
  }[];
  readonly killed: readonly string[];
  readonly paused: readonly string[];
}

export function watchRow({ seen, acting }: Watch): WatchRow {
  return {
    seen: Object.fromEntries(Object.entries(seen).map(([watcher, ms]) => [watcher, isoOf(ms)])),
    preferred: (acting?.preferred ?? []).map(({ kind, route, instead, untilMs }) => ({
      kind,
      route,
      instead,
      until: isoOf(untilMs),
    })),
    killed: (acting?.killed ?? []).map(({ route }) => route),
    paused: (acting?.paused ?? []).map(({ provider }) => provider),
  };
}

/** For `lisbon status`. */
export function watchdogLines({ seen, preferred, killed, paused }: WatchRow, nowMs: number): readonly string[] {
  const looked = Object.entries(seen).flatMap(([watcher, iso]) =>
    iso === null ? [] : [`${harmless(NAMES[watcher] ?? watcher)} looked ${fromNow(Date.parse(iso), nowMs)}`],
  );
  return [
    looked.length === 0 ? "Nobody has looked after it yet: docs/watchdog.md." : `Watched: ${looked.join(", ")}`,
    ...preferred.map(
      ({ kind, route, until }) =>
        `  the watchdog puts ${harmless(route)} first for ${harmless(kind)}${until === null ? "" : `, over ${fromNow(Date.parse(until), nowMs)}`}: npx lisbon watch --release ${harmless(kind)}`,
    ),
    ...killed.map(
      (route) => `  the watchdog has switched off ${harmless(route)}: npx lisbon routes revive ${harmless(route)}`,
    ),
    ...paused.map(
      (provider) => `  the watchdog has paused ${harmless(provider)}: npx lisbon resume ${harmless(provider)}`,
    ),
  ];
}
