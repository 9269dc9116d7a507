/**
 * Lisbon as a whole in one process, under one clock: callers, isolates, the
 * switchboard, every job's object, the list, the notifier, QStash. Their parts
 * are the product's own; time, the providers' HTTP and the objects' hosts are
 * made here.
 */
import { createBreakers } from "../../src/breaker/isolate-breakers.ts";
import { emptyIsolateState, type IsolateBreakerState } from "../../src/breaker/isolate-state.ts";
import { UNASKED_SWITCHBOARD } from "./unasked-switchboard.ts";
import type { Caller } from "../../src/domain/caller.ts";
import type { Routing } from "../../src/domain/routing.ts";
import { chatCompletions } from "../../src/http/chat-completions.ts";
import { type ColdMemory, createColdQueue, emptyColdMemory } from "../../src/jobs/cold-queue.ts";
import { IndexTables } from "../../src/jobs/index-tables.ts";
import type { JobOutside } from "../../src/jobs/job-outside.ts";
import { noPublisher, type Publisher } from "../../src/jobs/publisher.ts";
import { emptyLearntLimits } from "../../src/jobs/qstash-limits.ts";
import { qstashNotice } from "../../src/jobs/qstash-notice.ts";
import { createQstashPublisher } from "../../src/jobs/qstash-publisher.ts";
import { resolveRouting } from "../../src/routing/resolve-routing.ts";
import { RoutingMap } from "../../src/routing/routing-map.ts";
import { runJob } from "../../src/run-job.ts";
import type { WorkerDeps } from "../../src/worker-deps.ts";
import { seeded } from "../unit/breaker/support.ts";
import { bareSettings } from "./bare-settings.ts";
import { WorldClock } from "./cold-world/clock.ts";
import { WorldJobs } from "./cold-world/jobs.ts";
import { createNotifier, type WorldNotifier } from "./cold-world/notifier.ts";
import { WorldPost } from "./cold-world/post.ts";
import { WorldProviders } from "./cold-world/providers.ts";
import { createSwitchboard, type WorldSwitchboard } from "./cold-world/switchboard.ts";
import { operatorDeps } from "./operator-deps.ts";
import { createSqlStorage } from "./sql-storage.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** Saturday, just after midnight UTC: a day of the world lies in one day of QStash's quota. */
export const WORLD_STARTS_MS = Date.UTC(2026, 10, 21, 0, 0, 1);
export const ISOLATES = 5;
const KIND = "summarize-call-notes";

interface WorldOptions {
  /** Without QStash the jobs' own alarms deliver. */
  readonly qstash: boolean;
  /** Who else goes by the world's time: `Date`, which signatures are judged by. */
  readonly moved?: (nowMs: number) => void;
  /** Beside what the world has: as in a map. */
  readonly map?: Record<string, unknown>;
}

interface Isolate {
  readonly breakers: IsolateBreakerState;
  readonly memory: ColdMemory;
  readonly publisher: Publisher;
}

export class ColdWorld {
  readonly clock: WorldClock;
  readonly routing: Routing;
  readonly providers: WorldProviders;
  readonly switchboard: WorldSwitchboard;
  readonly notifier: WorldNotifier;
  readonly jobs: WorldJobs;
  readonly index = new IndexTables(createSqlStorage());
  /** What callers were answered, by status. */
  readonly callers = new Map<number, number>();
  /** None in any test. */
  readonly bugs: unknown[] = [];
  readonly #post: WorldPost | null;
  readonly #isolates: readonly Isolate[];
  readonly #random = seeded(42);
  /** What nobody is to be asked, made once. */
  readonly #rest = operatorDeps();

  static async start({ qstash, moved = () => undefined, map = {} }: WorldOptions): Promise<ColdWorld> {
    const clock = new WorldClock(WORLD_STARTS_MS, moved);
    const post = qstash ? await WorldPost.start(clock, () => world.#deps()) : null;
    const world = new ColdWorld(clock, post, map);
    return world;
  }

  private constructor(clock: WorldClock, post: WorldPost | null, map: Record<string, unknown>) {
    const routing = routingOf(map);
    const random = this.#random;
    this.clock = clock;
    this.#post = post;
    this.routing = routing;
    this.providers = new WorldProviders(clock, random);
    this.notifier = createNotifier(routing.notices, clock);
    const { fetch } = this.providers;
    const tell = (notice: Parameters<WorldNotifier["raise"]>[0]): void => void this.notifier.raise(notice);
    this.switchboard = createSwitchboard({ routing, clock, random, fetch, tell });
    this.jobs = new WorldJobs({
      clock,
      random,
      outside: () => this.#outside(),
      bug: (cause) => void this.bugs.push(cause),
    });
    this.#isolates = Array.from({ length: ISOLATES }, () => this.#newIsolate());
  }

  get post(): WorldPost {
    if (this.#post === null) throw new Error("this world has no QStash");
    return this.#post;
  }

  pass(ms: number): Promise<void> {
    return this.clock.pass(ms, () => this.#atRest());
  }

  /** So many callers, evenly spread over this time, each with a prompt of its own, numbered from `first`. */
  async call(count: number, withinMs: number, first = 0): Promise<void> {
    for (let number = 0; number < count; number++) {
      this.clock.after(Math.floor((withinMs * number) / count), () => void this.#call(promptOf(first + number)));
    }
    await this.pass(withinMs);
  }

  close(): Promise<void> {
    return this.#post?.close() ?? Promise.resolve();
  }

  async #call(prompt: string): Promise<void> {
    const body = JSON.stringify({ model: KIND, messages: [{ role: "user", content: prompt }] });
    const request = new Request("https://lisbon.test/v1/chat/completions", { method: "POST", body });
    try {
      const { status } = await chatCompletions(request, this.#deps(), `req_${prompt}`, CALLER);
      this.callers.set(status, (this.callers.get(status) ?? 0) + 1);
    } catch (cause) {
      this.bugs.push(cause);
    }
  }

  /** Nothing is on the wire, and what was under way in here waits for the clock. */
  async #atRest(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#post?.isBusy() === true) turns = -1;
    }
  }

  #anyIsolate(): Isolate {
    const isolate = this.#isolates[Math.floor(this.#random() * ISOLATES)];
    if (isolate === undefined) throw new Error("a world has isolates");
    return isolate;
  }

  #newIsolate(): Isolate {
    const breakers = emptyIsolateState();
    const memory = emptyColdMemory();
    if (this.#post === null) return { breakers, memory, publisher: noPublisher };
    const publisher = createQstashPublisher({
      settings: this.#post.settings,
      cold: this.routing.cold,
      learnt: emptyLearntLimits(),
      clock: this.clock,
      tell: (told) => void this.notifier.raise(qstashNotice(told, this.clock.now())),
    });
    return { breakers, memory, publisher: this.#post.watched(publisher) };
  }

  /** As `build-deps.ts` makes them for each request. */
  #deps({ breakers, memory }: Isolate = this.#anyIsolate()): WorkerDeps {
    const { clock, routing, switchboard } = this;
    const publicUrl = this.#post?.origin ?? "https://lisbon.test";
    const afterReply = (work: Promise<unknown>): void => void work.catch((cause: unknown) => this.bugs.push(cause));
    const jobs = this.jobs.port;
    const logError = (_requestId: string, cause: unknown): void => void this.bugs.push(cause);
    const { retryWindowMs } = routing.cold;
    return {
      ...this.#rest,
      routing,
      settings: { ...bareSettings, publicUrl, qstash: this.#post?.settings ?? null },
      switchboard: () => ({
        ...UNASKED_SWITCHBOARD,
        servedSince: (ids, sinceMs) => switchboard.servedSince(ids, sinceMs),
      }),
      breakers: createBreakers({
        state: breakers,
        switchboard: () => switchboard.port,
        afterReply,
        clock,
        random: this.#random,
        routing,
        readPause: null,
      }),
      coldQueue: createColdQueue({ jobs, clock, publicUrl, logError, retryWindowMs, memory }),
      jobs,
      clock,
      random: this.#random,
      fetch: this.providers.fetch,
      afterReply,
      logError,
    };
  }

  /** As `outside-of-jobs.ts` makes it for each life of an object. */
  #outside(): JobOutside {
    const isolate = this.#anyIsolate();
    const { routing, clock, notifier } = this;
    return {
      routing,
      clock,
      random: this.#random,
      mayBeContinued: () => true,
      run: (work, how) => runJob(work, how, this.#deps(isolate)),
      publisher: isolate.publisher,
      callbacks: { send: () => Promise.reject(new Error("nobody asked for a callback")) },
      index: () => ({
        note: (entry) => {
          this.index.note(entry, clock.now());
          return Promise.resolve();
        },
      }),
      notifier,
      links: () => null,
    };
  }
}

/** A turn of the event loop empties the microtasks; bodies take one more. */
const QUIET_TURNS = 2;

export function promptOf(number: number): string {
  return `call ${number}`;
}

const CALLER: Caller = {
  tenant: "default",
  user: null,
  by: "server_key",
  keyId: null,
  kinds: null,
  maxTokens: null,
  origins: null,
  token: null,
};

function routingOf(map: Record<string, unknown>): Routing {
  const parsed = RoutingMap.parse({
    hot: [{ id: "first", provider: "one", model: "model-1", baseUrl: "https://one.test/v1" }],
    warm: [{ id: "second", provider: "two", model: "model-2", baseUrl: "https://two.test/v1" }],
    cold: { notify: ["https://people.test/notices"] },
    kinds: { [KIND]: {} },
    ...map,
  });
  return resolveRouting(parsed, () => undefined);
}
