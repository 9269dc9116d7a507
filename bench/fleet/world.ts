import type { ProbeOutcome } from "../../src/breaker/probe.ts";
import type { CallUsage } from "../../src/domain/call-usage.ts";
import { MICROS, microsOf } from "../../src/domain/price.ts";
import type { Route } from "../../src/domain/route.ts";
import type { Routing } from "../../src/domain/routing.ts";
import { wait } from "../../src/lib/clock.ts";
import { resolveRouting } from "../../src/routing/resolve-routing.ts";
import { RoutingMap } from "../../src/routing/routing-map.ts";
import { answered, illAnswer, type Timeline, type Trouble, type TryAt } from "./faults.ts";
import { SimulatedLedger } from "./ledger.ts";
import { seededRandom, type Random } from "./random.ts";
import { SimulatedRedis } from "./redis.ts";
import { SimulatedSwitchboard } from "./switchboard.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** Ten in the morning, far from the end of a day, a month or an hour: those are tested elsewhere. */
export const START_MS = Date.UTC(2026, 10, 21, 10, 7);

export interface WorldOptions {
  readonly seed: number;
  readonly trouble: Trouble;
  readonly timeline: Timeline;
  /** US dollars that the one tenant may spend; null: nobody is limited. */
  readonly budgetUsd: number | null;
}

/** What the whole fleet has been through. */
export class Happened {
  calls = 0;
  answered = 0;
  /** No route could be asked: in the product the call is stored as a job. */
  parked = 0;
  attempts = 0;
  failedAttempts = 0;
  /** Attempts that were not made, for the budget did not cover them. */
  overBudget = 0;
  billedMicros = 0;

  billed({ price }: Route, usage: CallUsage): void {
    if (price !== null) this.billedMicros += microsOf(usage, price);
  }
}

/** Everything that isolates share: time, chance, the map, the objects, Redis, and the providers. */
export class World {
  readonly clock = new VirtualClock(START_MS);
  readonly random: Random;
  readonly routing: Routing;
  readonly redis = new SimulatedRedis(this.clock);
  readonly switchboard: SimulatedSwitchboard;
  readonly ledger = new SimulatedLedger(this.clock);
  readonly happened = new Happened();
  readonly #options: WorldOptions;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.random = seededRandom(options.seed);
    this.routing = routingOf(options.budgetUsd);
    const { clock, random, routing, redis } = this;
    const probe = (route: Route): Promise<ProbeOutcome> => this.#probe(route);
    this.switchboard = new SimulatedSwitchboard({ routing, clock, random, redis, probe });
  }

  /** Since the run began. */
  nowMs(): number {
    return this.clock.now() - START_MS;
  }

  troubleNow(): { readonly began: boolean; readonly over: boolean; readonly paused: boolean } {
    const { timeline, trouble } = this.#options;
    const now = this.nowMs();
    const began = now >= timeline.beginsMs;
    return { began, over: timeline.endsMs !== null && now >= timeline.endsMs, paused: began && trouble === "pause" };
  }

  /** What an attempt that begins now will meet. `ill`: the route answers nobody. */
  ask({ id }: Route): TryAt & { readonly ill: boolean } {
    const { trouble } = this.#options;
    const { began, over } = this.troubleNow();
    if (id !== ILL_ROUTE || !began || over) return { ...answered(this.random), ill: false };
    return { ...illAnswer(trouble, this.random), ill: DEAD.has(trouble) };
  }

  async #probe(route: Route): Promise<ProbeOutcome> {
    const { afterMs, failure } = this.ask(route);
    // One token is quick.
    const ms = failure === null ? 300 : afterMs;
    await wait(this.clock, ms);
    return { ms, failure };
  }
}

const ILL_ROUTE = "hot/first";
const DEAD: ReadonlySet<Trouble> = new Set(["hard", "slow", "rate-limit"]);

function routingOf(budgetUsd: number | null): Routing {
  const price = { inputPerMillion: 1, outputPerMillion: 5 };
  const map = RoutingMap.parse({
    hot: [{ id: ILL_ROUTE, provider: "first", model: "one", baseUrl: "https://first.test/v1", price }],
    warm: [{ id: "warm/second", provider: "second", model: "two", baseUrl: "https://second.test/v1", price }],
    ...(budgetUsd === null ? {} : { tenants: { acme: { monthlyUsd: Math.ceil(budgetUsd * MICROS) / MICROS } } }),
  });
  return resolveRouting(map, () => undefined);
}
