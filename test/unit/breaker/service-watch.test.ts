import { describe, expect, it } from "vitest";
import type { ServiceView, WatchedRoute, WatchState } from "../../../src/breaker/service-watch.ts";
import { nothingWatched, watchService } from "../../../src/breaker/service-watch.ts";
import type { NoticeKind } from "../../../src/domain/notice.ts";
import { standardRouting } from "../../support/standard-routing.ts";

const START = Date.UTC(2026, 10, 20, 14, 0);
const MINUTE = 60_000;
const settings = standardRouting().notices;

function route(id: string, more: Partial<WatchedRoute> = {}): WatchedRoute {
  const tier = id.startsWith("warm") ? "warm" : "hot";
  return { id, tier, cost: "paid", killed: false, blocked: false, failedLast: false, backAtMs: null, ...more };
}

/** A service as its object sees it: told what happens, and looked at when it asked for it. */
class Service {
  now = START;
  state: WatchState = nothingWatched;
  readonly told: [minute: number, kind: NoticeKind, closes: boolean][] = [];
  warmAllowed = true;
  readonly #routes: Map<string, WatchedRoute>;

  constructor(...routes: readonly WatchedRoute[]) {
    this.#routes = new Map(routes.map((each) => [each.id, each]));
  }

  set(id: string, change: Partial<WatchedRoute>): void {
    this.#routes.set(id, { ...route(id), ...this.#routes.get(id), ...change });
    this.hear();
  }

  hear(...answered: readonly string[]): void {
    const view: ServiceView = { routes: [...this.#routes.values()], warmAllowed: this.warmAllowed };
    // As stored and loaded: whatever does not survive that is lost here too.
    const before: WatchState = JSON.parse(JSON.stringify(this.state));
    const { state, notices } = watchService(before, new Set(answered), view, settings, this.now);
    this.state = state;
    for (const notice of notices) this.told.push([(this.now - START) / MINUTE, notice.kind, notice.closes]);
    expect(state.lookAtMs ?? Infinity).toBeGreaterThan(this.now);
  }

  /** Lets time pass; looks only when it is due. */
  pass(ms: number): void {
    const until = this.now + ms;
    while (this.state.lookAtMs !== null && this.state.lookAtMs <= until) {
      this.now = this.state.lookAtMs;
      this.hear();
    }
    this.now = until;
  }
}

describe("Warm in place of Hot", () => {
  it("is told when it answers while Hot is out, and its end when Hot answers and Warm was silent for 60 s", () => {
    const service = new Service(route("hot/a"), route("warm/b"));
    service.set("hot/a", { blocked: true });
    service.hear("warm/b");
    expect(service.told).toEqual([[0, "warm_serving", false]]);

    service.pass(MINUTE);
    service.hear("warm/b");
    service.set("hot/a", { blocked: false });
    service.hear("hot/a");
    service.pass(59_000);
    expect(service.told).toHaveLength(1);

    service.pass(1_000);
    expect(service.told).toEqual([
      [0, "warm_serving", false],
      [2, "warm_ended", true],
    ]);
  });

  it("is told when Hot only failed, and not when Hot is well or an operator switched it off", () => {
    const well = new Service(route("hot/a"), route("warm/b"));
    well.hear("warm/b");
    const killed = new Service(route("hot/a", { killed: true, blocked: true }), route("warm/b"));
    killed.hear("warm/b");
    const failing = new Service(route("hot/a", { failedLast: true }), route("warm/b"));
    failing.hear("warm/b");

    expect([well.told, killed.told]).toEqual([[], []]);
    expect(failing.told).toMatchObject([[0, "warm_serving", false]]);
  });

  it("goes on while Warm still answers for Hot's failures, though Hot answers in between", () => {
    const service = new Service(route("hot/a", { blocked: true }), route("warm/b"));
    for (let round = 0; round < 10; round++) {
      service.hear("warm/b", "hot/a");
      service.pass(30_000);
    }
    expect(service.told.map(([, kind]) => kind)).toEqual(["warm_serving"]);
  });

  it("goes on where Hot has answered, but not since Warm's latest answer", () => {
    const service = new Service(route("hot/a", { failedLast: true }), route("warm/b"));
    service.hear("warm/b");
    service.hear("hot/a");
    service.pass(10_000);
    service.hear("warm/b");
    service.pass(5 * MINUTE);
    expect(service.told.map(([, kind]) => kind)).toEqual(["warm_serving"]);

    service.hear("hot/a");
    expect(service.told.map(([, kind]) => kind)).toEqual(["warm_serving", "warm_ended"]);
  });

  it("ends when nobody asks any more and nothing is known to be broken, without a degradation", () => {
    const service = new Service(route("hot/a", { failedLast: true }), route("warm/b"));
    service.hear("warm/b");
    service.set("hot/a", { failedLast: false });
    service.pass(60 * MINUTE);

    expect(service.told).toEqual([
      [0, "warm_serving", false],
      [15, "warm_ended", true],
    ]);
    expect(service.state).toEqual(nothingWatched);
  });
});

describe("a paid route in place of a free one", () => {
  const cheapFirst = [route("hot/local", { cost: "local" }), route("hot/paid"), route("warm/free", { cost: "free" })];

  it("is told when a local one before it failed, and its end when that one answers again", () => {
    const service = new Service(...cheapFirst);
    service.set("hot/local", { failedLast: true });
    service.hear("hot/paid");
    service.set("hot/local", { failedLast: false });
    service.hear("hot/local");
    service.pass(MINUTE);

    expect(service.told).toEqual([
      [0, "paid_serving", false],
      [1, "paid_ended", true],
    ]);
  });

  it("is not told when only a free route behind it fails, or a free one stands in", () => {
    const behind = new Service(...cheapFirst);
    behind.set("warm/free", { failedLast: true });
    behind.hear("hot/paid");
    const free = new Service(...cheapFirst);
    free.set("hot/local", { blocked: true });
    free.hear("warm/free");

    expect(behind.told).toEqual([]);
    expect(free.told.map(([, kind]) => kind)).toEqual(["warm_serving"]);
  });
});

describe("everything down", () => {
  it("is told when the last route goes, and its end when one is back", () => {
    const service = new Service(route("hot/a"), route("warm/b"));
    service.set("hot/a", { blocked: true });
    expect(service.told).toEqual([]);
    service.set("warm/b", { blocked: true, backAtMs: START + 30_000 });
    service.pass(3 * MINUTE);
    service.set("warm/b", { blocked: false, backAtMs: null });

    expect(service.told).toEqual([
      [0, "everything_down", false],
      [3, "everything_back", true],
    ]);
  });

  it("does not count Warm where the fallback is switched off", () => {
    const service = new Service(route("hot/a"), route("warm/b"));
    service.warmAllowed = false;
    service.set("hot/a", { blocked: true });

    expect(service.told).toEqual([[0, "everything_down", false]]);
  });

  it("says from when on a route is probed", () => {
    const view = { routes: [route("hot/a", { blocked: true, backAtMs: START + 90_000 })], warmAllowed: true };
    const { notices } = watchService(nothingWatched, new Set(), view, settings, START);

    expect(notices[0]?.retryWindow).toContain("2026-11-20 14:01 UTC");
  });
});

describe("a degraded service", () => {
  it("is told once after 15 minutes, with a text for clients, and its end with another", () => {
    const service = new Service(route("hot/a"), route("hot/b"));
    service.set("hot/a", { blocked: true });
    service.pass(14 * MINUTE);
    expect(service.told).toEqual([]);
    service.pass(2 * 60 * MINUTE);
    service.set("hot/a", { blocked: false });
    service.pass(10 * MINUTE);

    expect(service.told).toEqual([
      [15, "degraded_long", false],
      [135, "degraded_long", true],
    ]);
  });

  it("lasts through a route that closes for less than a minute and opens again", () => {
    const service = new Service(route("hot/a"), route("hot/b"));
    for (let minute = 0; minute < 16; minute++) {
      service.set("hot/a", { blocked: true });
      service.pass(30_000);
      service.set("hot/a", { blocked: false });
      service.pass(30_000);
    }
    service.set("hot/a", { blocked: true });

    expect(service.told).toEqual([[15, "degraded_long", false]]);
  });

  it("is not told where a route is well again in time, or where nobody asks after one failure", () => {
    const service = new Service(route("hot/a"), route("warm/b"));
    service.set("hot/a", { blocked: true });
    service.pass(10 * MINUTE);
    service.set("hot/a", { blocked: false });
    service.pass(60 * MINUTE);
    service.set("hot/a", { failedLast: true });
    service.hear("warm/b");
    service.pass(8 * 60 * MINUTE);

    expect(service.told.map(([, kind]) => kind)).not.toContain("degraded_long");
  });

  it("carries the map's own words for clients, where it has some", () => {
    const own = standardRouting({ notices: { clientMessage: "Estamos a tratar disso." } }).notices;
    const state = { ...nothingWatched, degraded: { sinceMs: START - 16 * MINUTE, wellSinceMs: null, told: false } };
    const view = { routes: [route("hot/a", { blocked: true })], warmAllowed: true };
    const texts = [settings, own].map((each) =>
      watchService(state, new Set(), view, each, START).notices.map(({ clientMessage }) => clientMessage),
    );

    expect(texts[0]?.at(-1)).toContain("Since 2026-11-20 13:44 UTC our AI features");
    expect(texts[1]?.at(-1)).toBe("Estamos a tratar disso.");
  });
});
