import type { Breakers } from "../../src/breaker/breakers.ts";
import { createBreakers } from "../../src/breaker/isolate-breakers.ts";
import { emptyIsolateState } from "../../src/breaker/isolate-state.ts";
import { planCandidates } from "../../src/chat/plan-candidates.ts";
import { Trail } from "../../src/chat/trail.ts";
import { newProgress, tryInTurn } from "../../src/chat/try-in-turn.ts";
import type { Deps } from "../../src/deps.ts";
import { NO_WISHES, type PlannedCall } from "../../src/domain/call.ts";
import type { Failure } from "../../src/domain/failure.ts";
import type { Route } from "../../src/domain/route.ts";
import { createLedger } from "../../src/ledger/isolate-ledger.ts";
import type { Ledger, Reservation } from "../../src/ledger/ledger.ts";
import { emptyLedgerState } from "../../src/ledger/ledger-state.ts";
import { wait, type Clock } from "../../src/lib/clock.ts";
import { fail, ok, type Result } from "../../src/lib/result.ts";
import { travelMs, type Region } from "./regions.ts";
import type { World } from "./world.ts";

/** One isolate: the real memory, breakers, ledger, plan and turn; the provider and the way to the objects are simulated. */
export class SimulatedIsolate {
  alive = true;
  /** The last attempt that began at the ill route while it was ill. */
  triedIllMs: number | null = null;
  /** The last call that was kept off the route although it was well again. */
  keptOffMs: number | null = null;
  /** The last call that went out although it was paused. */
  unpausedMs: number | null = null;
  /** Calls since the trouble began. */
  calls = 0;
  readonly #world: World;
  readonly region: Region;
  readonly #breakers: Breakers;
  readonly #ledger: Ledger;
  readonly #deps: Deps;

  constructor(world: World, region: Region) {
    this.#world = world;
    this.region = region;
    const { random, routing, switchboard, ledger, redis } = world;
    const clock: Clock = {
      now: () => world.clock.now(),
      after: (ms, run) => world.clock.after(ms, () => this.alive && run()),
    };
    const outside = { clock, random, routing, afterReply: () => undefined };
    const state = emptyIsolateState();
    const boardPort = {
      snapshot: (known: string | null) => this.#overTheWire(() => switchboard.snapshot(known)),
      report: (report: Parameters<typeof switchboard.report>[0]) => this.#overTheWire(() => switchboard.report(report)),
    };
    this.#breakers = createBreakers({ ...outside, state, switchboard: () => boardPort, readPause: () => redis.read() });
    const ledgerPort = {
      ask: (question: Parameters<typeof ledger.ask>[0]) => this.#overTheWire(() => ledger.ask(question)),
      report: (report: Parameters<typeof ledger.report>[0]) => this.#overTheWire(() => ledger.report(report)),
    };
    const changes = (): NonNullable<typeof state.known>["limits"] & object => state.known?.limits ?? NO_CHANGES;
    this.#ledger = createLedger({ ...outside, state: emptyLedgerState(), ledger: () => ledgerPort, changes });
    this.#deps = { ...outside, ...NOT_SIMULATED, breakers: this.#breakers, ledger: this.#ledger };
  }

  /** As the spine runs it: look, plan, try each candidate in turn. */
  async call(): Promise<void> {
    const { clock, happened } = this.#world;
    const fresh = this.#breakers.ready();
    if (fresh !== null) await fresh;
    if (!this.alive) return;
    happened.calls += 1;
    const trouble = this.#world.troubleNow();
    if (trouble.began) this.calls += 1;
    const call = this.#planned();
    if (this.#ledger.admit(call) !== null) return;
    const plan = planCandidates(call, this.#deps);
    const candidates = plan.ok ? plan.value : [];
    const [first] = candidates;
    if (trouble.over && first !== undefined && first.skip !== null) this.keptOffMs = clock.now();
    if (candidates.every(({ skip }) => skip !== null)) happened.parked += 1;
    else if (trouble.paused) this.unpausedMs = clock.now();
    const trail = new Trail();
    const progress = newProgress(plan, call, trail, this.#deps);
    const answer = await tryInTurn(candidates, (route) => this.#attempt(call, route), progress, this.#deps);
    if (answer.ok) happened.answered += 1;
  }

  async #attempt(call: PlannedCall, route: Route): Promise<Result<null, Failure>> {
    const { happened, clock, random } = this.#world;
    const put = this.#ledger.reserve(call, route);
    const reserved = put instanceof Promise ? await put : put;
    if (!reserved.ok) {
      happened.overBudget += 1;
      return reserved;
    }
    const startedAtMs = clock.now();
    const { afterMs, failure, ill } = this.#world.ask(route);
    if (ill) this.triedIllMs = startedAtMs;
    if (failure !== null) happened.failedAttempts += 1;
    happened.attempts += 1;
    const usage = {
      promptTokens: 20,
      completionTokens: Math.ceil(random() * MOST_TOKENS),
      source: "reported",
    } as const;
    // From now on the provider will bill it, whether or not this isolate lives to hear so.
    if (failure === null) happened.billed(route, usage);
    await wait(this.#deps.clock, afterMs);
    return this.#settle(route, reserved.value, failure, usage, startedAtMs);
  }

  #settle(
    route: Route,
    money: Reservation,
    failure: Failure | null,
    usage: Parameters<Reservation["settle"]>[0],
    startedAtMs: number,
  ): Result<null, Failure> {
    if (failure !== null) {
      money.settleFailed(failure);
      return fail(failure);
    }
    money.settle(usage);
    const durationMs = this.#world.clock.now() - startedAtMs;
    this.#breakers.record({ route, startedAtMs, durationMs, failure: null });
    return ok(null);
  }

  #planned(): PlannedCall {
    const { routing, clock } = this.#world;
    const kind = routing.defaultKind;
    const now = clock.now();
    return {
      requestId: "id",
      dialect: "openai",
      request: REQUEST,
      native: null,
      stream: false,
      readAtMs: now,
      callerSignal: new AbortController().signal,
      from: CALLER,
      kind,
      routes: routing.routes,
      deadlineAtMs: now + kind.deadlineMs,
      context: null,
    };
  }

  /** There and back; whoever dies meanwhile hears nothing, but what it said is heard. */
  async #overTheWire<T>(work: () => Promise<T>): Promise<T> {
    const { clock, random } = this.#world;
    await wait(clock, travelMs(this.region, random));
    try {
      return await work();
    } finally {
      await wait(clock, travelMs(this.region, random));
      if (!this.alive) await new Promise(() => undefined);
    }
  }
}

const NO_CHANGES = {};
const MOST_TOKENS = 200;
/** Its own words are counted high; what the provider reports of them (20 tokens) is less. */
const REQUEST = {
  model: "auto",
  messages: [{ role: "user" as const, content: "Summarise the call in two sentences, please. ".repeat(4) }],
  max_tokens: MOST_TOKENS,
};
const CALLER = {
  kind: "caller",
  tenant: "acme",
  user: null,
  token: null,
  wishes: NO_WISHES,
  calledUrl: "https://lisbon.test/v1/chat/completions",
} as const;

function notAsked(): never {
  throw new Error("the simulation asked for what it does not simulate");
}

/** Streams, jobs and logs: nothing that the simulation runs asks for them. */
const NOT_SIMULATED = {
  answers: { find: notAsked, keep: notAsked },
  coldQueue: new Proxy<Deps["coldQueue"]>(Object.create(null), { get: notAsked }),
  jobs: notAsked,
  fetch: notAsked,
  hop: { deployment: "fleet", loopToldAtMs: null },
  prefillRefused: new Set<string>(),
  log: () => undefined,
  logError: notAsked,
};
