import type {
  BoardStore,
  Incident,
  IncidentCalls,
  NewIncident,
  RouteRecord,
  StoredBoard,
} from "../../../src/breaker/board-state.ts";
import { NO_CALLS } from "../../../src/breaker/board-state.ts";
import type { Exclusion } from "../../../src/breaker/exclusion.ts";
import type { WatchState } from "../../../src/breaker/service-watch.ts";
import type { Failure, FailureKind } from "../../../src/domain/failure.ts";
import type { Route } from "../../../src/domain/route.ts";
import type { BreakerLimits, Routing } from "../../../src/domain/routing.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { breakerLimits as defaultLimits } from "../../../src/routing/map-defaults.ts";
import { standardRouting } from "../../support/standard-routing.ts";

export const breakerLimits: BreakerLimits = defaultLimits({});

export const limits = { ...breakerLimits, retryAfterWaitMs: 3_000 };

export function routeOf(id: string, account = id): Route {
  return {
    id,
    tier: "hot",
    provider: "anthropic",
    model: "sonnet-4.6",
    api: "openai",
    baseUrl: "https://provider.test",
    host: "provider.test:443",
    key: null,
    awsKeys: null,
    headers: {},
    account,
    cost: "paid",
    price: null,
    contextTokens: null,
    cannot: new Set(),
    prefill: null,
    trusted: true,
    reasoning: false,
    rollout: 100,
    clocks: { headersMs: 10_000, firstTokenMs: 10_000, idleMs: 15_000, maxStreamMs: 600_000, attemptMs: null },
  };
}

export function routingOf(routes: readonly Route[]): Routing {
  return { ...standardRouting({ flags: { enable_cold_queue: false } }), routes };
}

export function failureOf(kind: FailureKind, more: Partial<Failure> = {}): Failure {
  return { kind, detail: `${kind} says the provider`, ...more };
}

/** Time that moves only when it is told to. Timers run in their order, and promises settle in between. */
export class FakeClock implements Clock {
  #now: number;
  #timers: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;

  constructor(now = 1_763_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.#now + ms;
    await settle();
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.atMs);
      next.run();
      await settle();
    }
    this.#now = untilMs;
  }

  #next(untilMs: number) {
    return this.#timers
      .filter((timer) => timer.atMs <= untilMs)
      .toSorted((left, right) => left.atMs - right.atMs || left.order - right.order)[0];
  }
}

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

/** A repeatable stand-in for chance. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The switchboard's tables, as a test keeps them: a second board over the same store is the object after eviction. */
export class MemoryStore implements BoardStore {
  readonly allIncidents: Incident[] = [];
  #version = "test.0";
  readonly #routes = new Map<string, RouteRecord>();
  readonly #accounts = new Map<string, Exclusion>();
  readonly #flags = new Map<string, boolean>();
  readonly #killed = new Set<string>();
  #watch: WatchState | null = null;

  load(): StoredBoard {
    return structuredClone({
      version: this.#version,
      routes: this.#routes,
      accounts: this.#accounts,
      flags: this.#flags,
      killed: this.#killed,
      openIncidents: this.allIncidents.filter((incident) => incident.endedAtMs === null),
      watch: this.#watch,
    });
  }

  saveVersion(version: string): void {
    this.#version = version;
  }

  saveRoute(routeId: string, record: RouteRecord): void {
    this.#routes.set(routeId, record);
  }

  saveAccount(account: string, exclusion: Exclusion): void {
    this.#accounts.set(account, exclusion);
  }

  saveFlag(name: string, value: boolean | null): void {
    if (value === null) this.#flags.delete(name);
    else this.#flags.set(name, value);
  }

  saveKill(routeId: string, killed: boolean): void {
    if (killed) this.#killed.add(routeId);
    else this.#killed.delete(routeId);
  }

  startIncident(incident: NewIncident): Incident {
    const started = { ...incident, id: this.allIncidents.length + 1, endedAtMs: null, calls: NO_CALLS };
    this.allIncidents.push(started);
    return started;
  }

  endIncident(id: number, endedAtMs: number): void {
    const place = this.allIncidents.findIndex((incident) => incident.id === id);
    const incident = this.allIncidents[place];
    if (incident !== undefined) this.allIncidents[place] = { ...incident, endedAtMs };
  }

  countIncident(id: number, calls: IncidentCalls): void {
    const place = this.allIncidents.findIndex((incident) => incident.id === id);
    const incident = this.allIncidents[place];
    if (incident !== undefined) this.allIncidents[place] = { ...incident, calls };
  }

  incidentsSince(sinceMs: number): readonly Incident[] {
    return this.allIncidents.filter(({ endedAtMs }) => (endedAtMs ?? Infinity) >= sinceMs).toReversed();
  }

  saveWatch(state: WatchState): void {
    this.#watch = state;
  }

  incidents(most: number): readonly Incident[] {
    return this.allIncidents.toReversed().slice(0, most);
  }
}
