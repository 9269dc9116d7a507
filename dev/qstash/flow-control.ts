/**
 * At most so many deliveries of a key at once, at most so many in a period; the
 * others wait in the order they came. Paused, all wait.
 *
 * The newest message's limits hold for its key: "the processing configuration is
 * updated based on configurations provided by incoming messages"
 * (https://github.com/upstash/docs/blob/main/qstash/openapi.yaml, pin).
 */
import type { Clock } from "./clock.ts";
import type { FlowControlSettings } from "./flow-control-value.ts";

interface Lane {
  limits: FlowControlSettings | undefined;
  waiting: (() => void)[];
  active: number;
  paused: boolean;
  periodStart: number;
  startedInPeriod: number;
  wakeUp: (() => void) | undefined;
}

export class FlowControl {
  private readonly clock: Clock;
  private readonly lanes = new Map<string, Lane>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  configure(limits: FlowControlSettings): void {
    this.lane(limits.key).limits = limits;
  }

  /** Starts the delivery now or when the key has room; each one started must `leave`. */
  enter(key: string, start: () => void): void {
    const lane = this.lane(key);
    lane.waiting.push(start);
    this.pump(lane);
  }

  leave(key: string): void {
    const lane = this.lane(key);
    lane.active -= 1;
    this.pump(lane);
  }

  setPaused(key: string, paused: boolean): void {
    const lane = this.lane(key);
    lane.paused = paused;
    if (!paused) this.pump(lane);
  }

  keys(): readonly string[] {
    return [...this.lanes.keys()];
  }

  view(key: string): Readonly<Record<string, unknown>> | undefined {
    const lane = this.lanes.get(key);
    return (
      lane && {
        flowControlKey: key,
        waitListSize: lane.waiting.length,
        parallelismMax: lane.limits?.parallelism ?? 0,
        parallelismCount: lane.active,
        rateMax: lane.limits?.rate ?? 0,
        rateCount: this.clock.now() < periodEnd(lane) ? lane.startedInPeriod : 0,
        ratePeriod: Math.ceil((lane.limits?.periodMs ?? 0) / 1000),
        ratePeriodStart: Math.floor(lane.periodStart / 1000),
        isPaused: lane.paused,
        isPinnedParallelism: false,
        isPinnedRate: false,
      }
    );
  }

  private pump(lane: Lane): void {
    while (!lane.paused && lane.waiting.length > 0) {
      const { parallelism, rate } = lane.limits ?? {};
      if (parallelism !== undefined && lane.active >= parallelism) return;
      const now = this.clock.now();
      if (now >= periodEnd(lane)) {
        lane.periodStart = now;
        lane.startedInPeriod = 0;
      }
      if (rate !== undefined && lane.startedInPeriod >= rate) {
        this.pumpAt(lane, periodEnd(lane));
        return;
      }
      lane.active += 1;
      lane.startedInPeriod += 1;
      lane.waiting.shift()?.();
    }
  }

  private pumpAt(lane: Lane, timeMs: number): void {
    lane.wakeUp?.();
    lane.wakeUp = this.clock.at(timeMs, () => this.pump(lane));
  }

  private lane(key: string): Lane {
    const known = this.lanes.get(key);
    if (known !== undefined) return known;
    const lane: Lane = {
      limits: undefined,
      waiting: [],
      active: 0,
      paused: false,
      periodStart: 0,
      startedInPeriod: 0,
      wakeUp: undefined,
    };
    this.lanes.set(key, lane);
    return lane;
  }
}

function periodEnd(lane: Lane): number {
  return lane.periodStart + (lane.limits?.periodMs ?? 0);
}
