/** `Upstash-Flow-Control-Value`: https://upstash.com/docs/qstash/features/flowcontrol */
import { durationMs } from "./duration.ts";

export interface FlowControlSettings {
  readonly key: string;
  /** The value as it was published: deliveries carry it. */
  readonly value: string;
  readonly parallelism: number | undefined;
  readonly rate: number | undefined;
  readonly periodMs: number;
}

/** "By default, the period is set to 1 second". */
const DEFAULT_PERIOD_MS = 1000;

/** `parallelism=5, rate=10, period=1m`; a string says what is wrong with it. */
export function readFlowControl(key: string, value: string): FlowControlSettings | string {
  const given: Record<string, string> = {};
  for (const part of value.split(",")) {
    const [name = "", setting = "", ...rest] = part.split("=").map((word) => word.trim());
    if (rest.length > 0 || !["parallelism", "rate", "period"].includes(name.toLowerCase())) return WRONG;
    given[name.toLowerCase()] = setting;
  }
  const { parallelism, rate, period } = given;
  if (parallelism === undefined && rate === undefined) return WRONG;
  if ([parallelism, rate].some((count) => count !== undefined && !/^[1-9]\d*$/.test(count))) return WRONG;
  const periodMs = period === undefined ? DEFAULT_PERIOD_MS : durationMs(period);
  if (periodMs === undefined || periodMs === 0) return WRONG;
  return {
    key,
    value,
    parallelism: parallelism === undefined ? undefined : Number(parallelism),
    rate: rate === undefined ? undefined : Number(rate),
    periodMs,
  };
}

const WRONG = "has the form parallelism=5, rate=10, period=1m; one of parallelism and rate is needed";
