import type { BreakerNotice } from "../../../src/breaker/board-state.ts";
import type { FlagStore } from "../../../src/budget/flag-store.ts";
import type { ProbeOutcome } from "../../../src/breaker/probe.ts";
import type { CheckMoney } from "../../../src/breaker/route-checks.ts";
import { SwitchboardObject } from "../../../src/breaker/switchboard-object.ts";
import { NO_CHECKS, type CheckSettings } from "../../../src/domain/checks.ts";
import type { Notice } from "../../../src/domain/notice.ts";
import type { Route } from "../../../src/domain/route.ts";
import type { Routing } from "../../../src/domain/routing.ts";
import { NO_ACTIONS, type WatchdogSettings } from "../../../src/domain/watchdog.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { realClock } from "../../../src/lib/clock.ts";
import { canonicalProvider } from "../../../src/routing/provider-table.ts";
import { routeOf, routingOf } from "../../unit/breaker/support.ts";

/** The world around the switchboards of a test file: it runs in the isolate of the tests, which change it in place. */
export const world = {
  /** By how much the switchboards' clock is ahead of the real one. */
  aheadMs: 0,
  /** What a probe of the route does; a route that is not named here answers. */
  probes: new Map<string, () => Promise<ProbeOutcome>>(),
  probed: [] as string[],
  notices: [] as BreakerNotice[],
  /** What a human was told. */
  told: [] as Notice[],
  /** What a human must set up; null: nothing. */
  setup: null as Notice | null,
  /** The switchboards' Redis; null: they have none. */
  flags: null as FlagStore | null,
  /** Off unless a test asks for them. */
  checks: NO_CHECKS,
  /** What the watchdog may do; nothing, unless a test says so. */
  watchdog: NO_ACTIONS,
  billed: 0,
  /** Since when the oldest of two parked calls waits for a route; null: nothing is parked. */
  parkedSinceMs: null as number | null,
  routes: ["a", "b", "c", "d"].map((model) => routeOf(`hot/anthropic/${model}`, "anthropic")),
};

export class Switchboard extends SwitchboardObject {
  protected override routing(): Routing {
    return routingOf(world.routes);
  }

  protected override probe(route: Route): Promise<ProbeOutcome> {
    world.probed.push(route.id);
    return world.probes.get(route.id)?.() ?? Promise.resolve({ ms: 12, failure: null });
  }

  protected override checks(): CheckSettings {
    return world.checks;
  }

  protected override queue() {
    const { parkedSinceMs: oldestMs } = world;
    return Promise.resolve({ waiting: oldestMs === null ? 0 : 2, oldestMs });
  }

  protected override watchdog(): WatchdogSettings {
    return world.watchdog;
  }

  protected override async checkMoney(): Promise<CheckMoney> {
    return { settle: () => void (world.billed += 1), settleFailed: () => undefined };
  }

  protected override clock(): Clock {
    return { now: () => realClock.now() + world.aheadMs, after: (ms, run) => realClock.after(ms, run) };
  }

  /** Out of the platform's reach where the clock is ahead: the tests fire the alarms by hand. */
  protected override alarmAt(dueMs: number): number {
    return dueMs;
  }

  protected override setupNotice(): Notice | null {
    return world.setup;
  }

  protected override flagStore(): FlagStore | null {
    return world.flags;
  }

  protected override canonicalProvider(name: string): string {
    return canonicalProvider(name);
  }

  protected override tell(notice: Notice): void {
    world.told.push(notice);
  }

  protected override notice(notice: BreakerNotice): void {
    world.notices.push(notice);
  }
}

// oxlint-disable-next-line import/no-default-export -- a Worker's entry has one
export default { fetch: () => new Response(null, { status: 404 }) } satisfies ExportedHandler;
