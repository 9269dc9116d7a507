/** What the account's plan allows: https://upstash.com/pricing/qstash */
import type { Clock } from "./clock.ts";

export interface PlanLimits {
  readonly retries: number;
  readonly delaySeconds: number;
  /** Every attempt counts, publishing counts as the first. */
  readonly messagesPerDay: number;
  readonly schedules: number;
  /** How long a destination may take to answer. */
  readonly responseSeconds: number;
}

export const FREE_PLAN: PlanLimits = {
  // 3 by default and at most 5, with "quota maxRetries exceeded" above it: seen by others on the free plan.
  retries: 5,
  delaySeconds: 604_800,
  messagesPerDay: 1000,
  schedules: 10,
  responseSeconds: 900,
};

const DAY_MS = 86_400_000;

export interface Wanted {
  readonly retries: number;
  readonly delaySeconds: number;
}

export interface DailyQuota {
  readonly limit: number;
  /** Unix seconds. */
  readonly reset: number;
}

/** The account: its limits, and what it has used of the day (UTC). */
export class Plan {
  limits: PlanLimits;
  private readonly clock: Clock;
  private used = { day: 0, messages: 0 };

  constructor(limits: PlanLimits, clock: Clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /** `quota maxDelay exceeded, current limit: 604800` was seen word for word; the other's first half. */
  refusal({ retries, delaySeconds }: Wanted): string | undefined {
    if (retries > this.limits.retries) return `quota maxRetries exceeded, current limit: ${this.limits.retries}`;
    if (delaySeconds > this.limits.delaySeconds) {
      return `quota maxDelay exceeded, current limit: ${this.limits.delaySeconds}`;
    }
    return undefined;
  }

  count(): void {
    const day = this.today();
    this.used = { day, messages: this.used.day === day ? this.used.messages + 1 : 1 };
  }

  /** `undefined` while something is left of the day. */
  usedUp(): DailyQuota | undefined {
    const day = this.today();
    if (this.used.day !== day || this.used.messages < this.limits.messagesPerDay) return undefined;
    return this.dailyQuota();
  }

  dailyQuota(): DailyQuota {
    return { limit: this.limits.messagesPerDay, reset: ((this.today() + 1) * DAY_MS) / 1000 };
  }

  private today(): number {
    return Math.floor(this.clock.now() / DAY_MS);
  }
}
