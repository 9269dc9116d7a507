/** Go's durations, as QStash takes and sends them. */
const UNIT_MS = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 } as const;

/**
 * `10s`, `1d10h30m`: https://upstash.com/docs/qstash/features/delay
 * `undefined` for what is no duration, a number without a unit included.
 */
export function durationMs(text: string): number | undefined {
  return sum(text, /^(?:\d+[smhd])+$/);
}

/** `6m5s` in a `Retry-After`, down to nanoseconds: https://upstash.com/docs/qstash/features/retry#retry-after-headers */
export function fineDurationMs(text: string): number | undefined {
  return sum(text, /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/);
}

function sum(text: string, form: RegExp): number | undefined {
  if (!form.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)([a-zµ]+)/g)) {
    if (!isUnit(unit)) return undefined;
    ms += Number(count) * UNIT_MS[unit];
  }
  return ms;
}

function isUnit(unit: string | undefined): unit is keyof typeof UNIT_MS {
  return unit !== undefined && Object.hasOwn(UNIT_MS, unit);
}
