import type { Notice } from "../domain/notice.ts";
import type { Routing } from "../domain/routing.ts";
import { HeardOutcomes } from "./heard-outcomes.ts";
import { endsQuiet, forgottenAtMs, leaseWalk, walkedInVain, type QuietState } from "./quiet.ts";
import { everyStepFailed, everythingBack } from "./service-notices.ts";
import type { Moments, ReportedRun } from "./switchboard-port.ts";

export interface QuietOptions {
  readonly sql: SqlStorage;
  readonly routing: Routing;
  /** Every isolate is to know. */
  readonly changed: () => void;
  readonly tell: (notice: Notice) => void;
}

/** Which kinds are quiet, by what all isolates have seen. */
export class QuietBook {
  readonly #options: QuietOptions;
  readonly #heard = new HeardOutcomes();
  readonly #kinds: Map<string, QuietState>;
  /** Since when; null: no kind is quiet. */
  #sinceMs: number | null;

  constructor(options: QuietOptions) {
    const { sql } = options;
    sql.exec("CREATE TABLE IF NOT EXISTS quiet (id INTEGER PRIMARY KEY, state TEXT NOT NULL)");
    const [row] = sql.exec<{ state: string }>("SELECT state FROM quiet WHERE id = 1").toArray();
    const stored: Stored = row === undefined ? { kinds: {}, sinceMs: null } : JSON.parse(row.state);
    this.#options = options;
    this.#kinds = new Map(Object.entries(stored.kinds).filter(([name]) => routesOf(name, options.routing) !== null));
    this.#sinceMs = stored.sinceMs;
  }

  /** A report's calls in vain, then its successes: in doubt somebody has answered. */
  note(isolate: string, exhausted: readonly Exhausted[], runs: readonly ReportedRun[], now: number): void {
    const { routing } = this.#options;
    for (const { kind, first, count, beganAgoMs } of exhausted) {
      if (!routing.breaker.enabled || routesOf(kind, routing) === null) continue;
      const calls = this.#heard.newOnes(
        isolate,
        { route: `kind ${kind}`, first, ok: count, beganAgoMs, latenciesMs: [] },
        now,
      );
      if (calls === 0) continue;
      const walked = { calls, beganMs: now - beganAgoMs };
      this.#kinds.set(kind, walkedInVain(this.#kinds.get(kind) ?? null, walked, this.#quietMs, now));
    }
    const known = this.#kinds.size;
    for (const run of runs) if ("ok" in run) this.#endIf(run.route, now - run.beganAgoMs);
    if (exhausted.length > 0 || this.#kinds.size < known) this.#settle(now);
  }

  /** A probe was answered. */
  answered(routeId: string, beganMs: number, now: number): void {
    const known = this.#kinds.size;
    this.#endIf(routeId, beganMs);
    if (this.#kinds.size < known) this.#settle(now);
  }

  /** A circuit has closed, or somebody has switched or paused something: every chain is worth a walk. */
  endAll(now: number): void {
    if (this.#kinds.size === 0) return;
    this.#kinds.clear();
    this.#settle(now);
  }

  /** Of these kinds, those of which the asking isolate may let one call walk. */
  lease(kinds: readonly string[], now: number): readonly string[] {
    const leased = kinds.filter((kind) => {
      const before = this.#kinds.get(kind);
      const after = before === undefined ? null : leaseWalk(before, this.#quietMs, now);
      if (after !== null) this.#kinds.set(kind, after);
      return after !== null;
    });
    if (leased.length > 0) this.#settle(now);
    return leased;
  }

  endPast(now: number): void {
    const past = [...this.#kinds].filter(([, state]) => forgottenAtMs(state) <= now);
    for (const [kind] of past) this.#kinds.delete(kind);
    if (past.length > 0) this.#settle(now);
  }

  /** When there is something to forget; null: never. */
  dueMs(): number | null {
    return this.#kinds.size === 0 ? null : Math.min(...[...this.#kinds.values()].map(forgottenAtMs));
  }

  moments(): Moments {
    return Object.fromEntries(
      [...this.#kinds].flatMap(([kind, { untilMs }]): [string, number][] =>
        untilMs === null ? [] : [[kind, untilMs]],
      ),
    );
  }

  get #quietMs(): number {
    return this.#options.routing.breaker.openMs;
  }

  #endIf(routeId: string, beganMs: number): void {
    for (const [kind, state] of this.#kinds) {
      const has = routesOf(kind, this.#options.routing)?.includes(routeId) === true;
      if (has && endsQuiet(state, beganMs)) this.#kinds.delete(kind);
    }
  }

  #settle(now: number): void {
    const { sql, changed, tell } = this.#options;
    const quiet = Object.keys(this.moments());
    const sinceMs = this.#sinceMs;
    this.#sinceMs = quiet.length === 0 ? null : (sinceMs ?? now);
    const state: Stored = { kinds: Object.fromEntries(this.#kinds), sinceMs: this.#sinceMs };
    sql.exec("INSERT OR REPLACE INTO quiet VALUES (1, ?)", JSON.stringify(state));
    if (quiet.length > 0 || sinceMs !== null) changed();
    if (sinceMs === null && quiet.length > 0) tell(everyStepFailed(quiet, now + this.#quietMs, now));
    if (sinceMs !== null && quiet.length === 0) tell(everythingBack(sinceMs, now));
  }
}

interface Stored {
  readonly kinds: Readonly<Record<string, QuietState>>;
  readonly sinceMs: number | null;
}

export interface Exhausted {
  readonly kind: string;
  readonly first: number;
  readonly count: number;
  readonly beganAgoMs: number;
}

/** Null: there is no such kind. */
function routesOf(name: string, { kinds, defaultKind, routes }: Routing): readonly string[] | null {
  const kind = kinds.get(name) ?? (name === defaultKind.name ? defaultKind : null);
  // What a smaller model answers, it answers because the kind's own routes do not.
  return kind && (kind.routeIds ?? routes.flatMap(({ id, tier }) => (tier === "smaller" ? [] : [id])));
}
