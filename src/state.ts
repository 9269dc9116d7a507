/**
 * The Worker that keeps: every Durable Object's class with its outside, but the
 * jobs'. It is deployed beside the router and has no address of its own; the
 * router and the jobs reach the objects by their bindings. Nothing of the HTTP
 * side and nothing of the spine belongs into what this imports.
 * docs/decisions/2026-11-21-three-uploads.md
 */
import { SwitchboardObject } from "./breaker/switchboard-object.ts";
import type { ProbeOutcome } from "./breaker/probe.ts";
import type { CheckMoney } from "./breaker/route-checks.ts";
import { buildChecks, buildLedger, buildRouting, buildWatchdog, hopIn } from "./build-deps.ts";
import type { BudgetAlert } from "./budget/pause-port.ts";
import type { FlagStore } from "./budget/flag-store.ts";
import { redisFlags } from "./budget/redis-flags.ts";
import { askEmbeddings } from "./cache/ask-embeddings.ts";
import { CacheObject } from "./cache/cache-object.ts";
import type { AskVector } from "./cache/cache-port.ts";
import { checkMoney } from "./check-money.ts";
import type { CheckSettings } from "./domain/checks.ts";
import type { Route } from "./domain/route.ts";
import type { EmbeddingsRoute, Routing } from "./domain/routing.ts";
import { JOB_INDEX, NOTIFIER, SWITCHBOARD, type Env } from "./env.ts";
import { JOB_STATES, SETTLED } from "./jobs/job.ts";
import { JobIndexObject } from "./jobs/job-index-object.ts";
import { clockAhead, type Clock } from "./lib/clock.ts";
import type { Fetch } from "./lib/fetch.ts";
import type { Ledger as SpendingLedger } from "./ledger/ledger.ts";
import { LedgerObject } from "./ledger/ledger-object.ts";
import { NotifierObject } from "./notify/notifier-object.ts";
import type { SenderSettings } from "./notify/send-message.ts";
import type { Notice } from "./domain/notice.ts";
import type { WatchdogSettings } from "./domain/watchdog.ts";
import type { NoticeSettings } from "./domain/routing.ts";
import { probeRoute } from "./probe-route.ts";
import { providerNames } from "./routing/provider-names.ts";
import { canonicalProvider } from "./routing/provider-table.ts";
import { settingsOf } from "./settings-of.ts";
import { setupNotice } from "./setup-notice.ts";

export class Switchboard extends SwitchboardObject<Env> {
  protected override routing(): Routing {
    return buildRouting(this.env);
  }

  protected override probe(route: Route): Promise<ProbeOutcome> {
    return probeRoute(route, this.clock(), (url, init) => fetch(url, init), hopIn(this.env).deployment);
  }

  protected override checks(): CheckSettings {
    return buildChecks(this.env);
  }

  protected override watchdog(): WatchdogSettings {
    return buildWatchdog();
  }

  protected override checkMoney(route: Route): Promise<CheckMoney | null> {
    return checkMoney(this.#ownLedger(), route, this.knownRouting(), this.clock().now());
  }

  protected override clock(): Clock {
    return clockOf(this.env);
  }

  /** The object spends like an isolate: the same budgets, and the same lines in the books. */
  #ownLedger(): SpendingLedger {
    this.#spending ??= buildLedger(this.env, {
      afterReply: (work) => this.ctx.waitUntil(work),
      routing: this.knownRouting(),
      changes: () => this.records.limits(),
    });
    return this.#spending;
  }

  #spending: SpendingLedger | null = null;

  /** One stub for the object's life: calls on one stub keep their order, and a closing must not overtake its opening. */
  readonly #notifier = this.env.NOTIFIER.getByName(NOTIFIER);

  protected override tell(notice: Notice): void {
    this.ctx.waitUntil(this.#notifier.raise(notice).catch((cause: unknown) => untold(notice, cause)));
  }

  protected override setupNotice(routing: Routing, now: number): Notice | null {
    return setupNotice(routing, now);
  }

  protected override async queue(): Promise<{ readonly waiting: number; readonly oldestMs: number | null } | null> {
    try {
      const { byState, oldestQueuedMs } = await this.env.JOB_INDEX.getByName(JOB_INDEX).counts();
      const waiting = JOB_STATES.filter((state) => !SETTLED.has(state)).reduce((sum, state) => sum + byState[state], 0);
      // Who waits for a human is no sign of a stuck queue.
      return { waiting, oldestMs: oldestQueuedMs ?? null };
    } catch (cause) {
      console.warn(JSON.stringify({ event: "queue_depth_unknown", cause: String(cause) }));
      return null;
    }
  }

  protected override flagStore(routing: Routing): FlagStore | null {
    const { redis } = settingsOf(this.env);
    return redis && redisFlags(redis, providerNames(routing));
  }

  protected override canonicalProvider(name: string): string {
    return canonicalProvider(name);
  }
}

export class JobIndex extends JobIndexObject<Env> {
  protected override clock(): Clock {
    return clockOf(this.env);
  }
}

export class Notifier extends NotifierObject<Env> {
  protected override notices(): NoticeSettings {
    return buildRouting(this.env).notices;
  }

  protected override senders(): SenderSettings {
    return settingsOf(this.env);
  }

  protected override fetcher(): Fetch {
    return (url, init) => fetch(url, init);
  }

  protected override clock(): Clock {
    return clockOf(this.env);
  }
}

/** Money and limits. */
export class Ledger extends LedgerObject<Env> {
  protected override routing(): Routing {
    return buildRouting(this.env);
  }

  /** The switchboard's, which flips the pause. */
  protected override alert(alert: BudgetAlert): void {
    const told = this.env.SWITCHBOARD.getByName(SWITCHBOARD).alert(alert);
    this.ctx.waitUntil(told.catch((cause: unknown) => unalerted(alert, cause)));
  }

  protected override clock(): Clock {
    return clockOf(this.env);
  }
}

/** One tenant's cached answers. */
export class Cache extends CacheObject<Env> {
  #embeddings: EmbeddingsRoute | null | undefined;

  protected override embeddings(): AskVector | null {
    // As the map was when the object began, and told once in the log.
    if (this.#embeddings === undefined) this.#embeddings = buildRouting(this.env).embeddings;
    return (
      this.#embeddings &&
      askEmbeddings(this.#embeddings, { fetch: (url, init) => fetch(url, init), clock: this.clock() })
    );
  }

  protected override clock(): Clock {
    return clockOf(this.env);
  }
}

function unalerted({ source, percentUsed }: BudgetAlert, cause: unknown): void {
  console.error(JSON.stringify({ event: "budget_alert_lost", source, percentUsed, cause: String(cause) }));
}

/** The notifier is out of reach: the log is what is left. */
function untold(notice: Notice, cause: unknown): void {
  console.error(JSON.stringify({ event: "notice_not_raised", cause: String(cause), ...notice }));
}

function clockOf(env: Env): Clock {
  return clockAhead(settingsOf(env).clockAheadMs);
}

export default { fetch: () => new Response(null, { status: 404 }) } satisfies ExportedHandler<Env>;
