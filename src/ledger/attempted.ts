import type { CallUsage } from "../domain/call-usage.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Failure } from "../domain/failure.ts";
import { microsOf, type Price, type Tokens } from "../domain/price.ts";
import type { Route } from "../domain/route.ts";
import { priceAt } from "../routing/price-at.ts";
import { count, tokenCounters } from "./counters.ts";
import type { Reservation } from "./ledger.ts";
import { tellSoon, type LedgerOutside } from "./ledger-exchange.ts";
import type { LedgerState } from "./ledger-state.ts";
import { dayOf } from "./periods.ts";
import type { Budget, Scope } from "./scopes.ts";
import { noteRatio } from "./ratios.ts";
import { notePace, settleInto, type Reserved } from "./supply.ts";

export interface Estimate {
  /** By what was sent alone. */
  readonly counted: number;
  /** By what the route's provider has reported of late. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Null: nobody knows. */
  readonly price: Price | null;
}

export function outputBound({ request, kind }: Pick<PlannedCall, "request" | "kind">): number {
  const asked = [request.max_completion_tokens, request.max_tokens].filter((bound) => bound != null);
  // A server may know only one of the two words.
  return asked.length === 0 ? kind.maxOutputTokens : Math.max(...asked);
}

export interface Held {
  readonly scopes: readonly Scope[];
  readonly estimate: Estimate;
  readonly reserved: Reserved;
  readonly budgets: readonly Budget[];
}

/** What failed so has cost nothing: nobody was reached, or the provider itself said no. */
const FREE_FAILURES: ReadonlySet<Failure["kind"]> = new Set([
  "unreachable",
  "over_budget",
  "redirected",
  "proxy_refused",
]);

/** One attempt and what is put aside for it. */
export class Attempted implements Reservation {
  readonly maxTokens: number | null;
  readonly needsUsage: boolean;
  readonly #call: PlannedCall;
  readonly #route: Route;
  readonly #held: Held | null;
  readonly #options: LedgerOutside;
  readonly #counters: ReturnType<typeof tokenCounters>;
  #settled = false;

  constructor(call: PlannedCall, route: Route, held: Held | null, options: LedgerOutside) {
    this.#call = call;
    this.#route = route;
    this.#held = held;
    this.#options = options;
    this.maxTokens = held !== null && held.budgets.length > 0 ? outputBound(call) : null;
    this.needsUsage = held !== null;
    const now = options.clock.now();
    this.#counters = held === null ? [] : tokenCounters(held.scopes, now);
    for (const counter of this.#counters) count(options.state, counter, this.#estimated(), now);
  }

  settle(reported: CallUsage): void {
    const { state } = this.#options;
    const usage = this.#held === null ? reported : unlessReported(reported, this.#held.estimate);
    const { promptTokens, source } = usage;
    const price = this.#held?.estimate.price ?? priceAt(this.#route, promptTokens);
    if (source === "reported" && this.#held !== null) {
      noteRatio(state, this.#route.id, promptTokens, this.#held.estimate.counted, this.#options.clock.now());
    }
    this.#close(usage, price, source === "estimated");
  }

  settleFailed(failure: Failure): void {
    const free = failure.status !== undefined || FREE_FAILURES.has(failure.kind);
    if (free || this.#held === null) return this.#close({ promptTokens: 0, completionTokens: 0 }, null, true);
    const { promptTokens, completionTokens, price } = this.#held.estimate;
    // A streamed answer's text is known; what an unstreamed one would have said is not, and may be billed whole.
    const whole = !this.#call.stream || this.#call.kind.commit === "whole";
    this.#close({ promptTokens, completionTokens: whole ? completionTokens : 0 }, price, true);
  }

  #estimated(): number {
    if (this.#held === null) return 0;
    const { promptTokens, completionTokens } = this.#held.estimate;
    return promptTokens + completionTokens;
  }

  #close(used: Tokens, price: Price | null, estimated: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    const { state, clock } = this.#options;
    const now = clock.now();
    const { promptTokens, completionTokens } = used;
    const micros = price === null ? 0 : microsOf(used, price);
    for (const counter of this.#counters) {
      count(state, counter, promptTokens + completionTokens - this.#estimated(), now);
    }
    if (this.#held !== null) settleByBudget(this.#held, micros, state, now);
    if (promptTokens + completionTokens > 0) this.#note(used, micros, estimated, now);
    else if (this.#held === null) return;
    tellSoon(this.#options, this.#held !== null);
  }

  #note({ promptTokens, completionTokens }: Tokens, micros: number, estimated: boolean, now: number): void {
    const { spent } = this.#options.state;
    const { from, kind } = this.#call;
    const { id: route, account, provider } = this.#route;
    const day = dayOf(now).key;
    const key = `${day} ${from.tenant} ${kind.name} ${route}`;
    const line = spent.get(key);
    spent.set(key, {
      day,
      tenant: from.tenant,
      kind: kind.name,
      account,
      route,
      provider,
      requests: (line?.requests ?? 0) + 1,
      promptTokens: (line?.promptTokens ?? 0) + promptTokens,
      completionTokens: (line?.completionTokens ?? 0) + completionTokens,
      micros: (line?.micros ?? 0) + micros,
      estimatedMicros: (line?.estimatedMicros ?? 0) + (estimated ? micros : 0),
    });
  }
}

/** What nobody reported errs high: what came is less than what was made, for it was cut. */
const MORE_THAN_CAME = 1.25;

function unlessReported(usage: CallUsage, { promptTokens, completionTokens }: Estimate): CallUsage {
  if (usage.source === "reported") return usage;
  const made = Math.ceil(usage.completionTokens * MORE_THAN_CAME);
  return {
    ...usage,
    promptTokens,
    completionTokens: Math.max(usage.completionTokens, Math.min(made, completionTokens)),
  };
}

/** The same sum out of each budget that it was put aside from. */
function settleByBudget({ reserved, budgets }: Held, micros: number, state: LedgerState, now: number): void {
  for (const budget of budgets) {
    const { scope, period } = budget;
    notePace(state, budget, micros, now);
    const parts = reserved.filter(({ slice }) => slice.scope === scope && slice.period === period);
    if (parts.length > 0) settleInto(parts, micros);
  }
}
