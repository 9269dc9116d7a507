/**
 * When a provider says that it may be asked again. Seconds, a date, or one of
 * the rate-limit headers; anything that makes no sense counts as nothing said.
 */

/** A day. A longer wait is a mistake or worth another look tomorrow: one bad header must not close a route for a month. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/** `now` in milliseconds, for headers that hold a date. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  return (
    sensible(numberOf(headers.get("retry-after-ms"))) ??
    fromRetryAfter(headers.get("retry-after"), now) ??
    fromOpenAiResets(headers) ??
    fromAnthropicResets(headers, now) ??
    fromPlainReset(headers.get("x-ratelimit-reset"), now)
  );
}

/** `6m0s`, `1.5s`, `120ms`, `1h2m3s`: how OpenAI, Groq and Google write durations. */
export function durationMs(text: string): number | undefined {
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(text.trim());
  if (match === null || match[0] === "") return undefined;
  const [days, hours, minutes, seconds, milliseconds] = match.slice(1).map((part) => Number(part ?? 0));
  return sensible(
    (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1000 + (milliseconds ?? 0),
  );
}

/** A reset in whichever form: `6m0s`, a date, seconds, or a moment since 1970. */
export function resetMs(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  return (
    durationMs(value) ??
    fromPlainReset(value, now) ??
    (value.includes("-") ? untilMs(Date.parse(value), now) : undefined)
  );
}

/** The moment that a provider names, as a wait from `now`; what lies behind us is no wait at all. */
export function untilMs(dateMs: number, now: number): number | undefined {
  return Number.isNaN(dateMs) ? undefined : sensible(Math.max(0, dateMs - now));
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function fromRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  const seconds = numberOf(value);
  if (seconds !== undefined) return sensible(seconds * 1000);
  // Only an HTTP date begins with letters; Date.parse would take "-5" and the like for years.
  return /^[A-Za-z]{3}/.test(value) ? untilMs(Date.parse(value), now) : undefined;
}

/** https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers */
function fromOpenAiResets(headers: Headers): number | undefined {
  return longest(
    ["requests", "tokens"].map((what) =>
      headers.get(`x-ratelimit-remaining-${what}`) === "0"
        ? durationMs(headers.get(`x-ratelimit-reset-${what}`) ?? "")
        : undefined,
    ),
  );
}

/** https://docs.anthropic.com/en/api/rate-limits#response-headers */
function fromAnthropicResets(headers: Headers, now: number): number | undefined {
  return longest(
    ["requests", "tokens", "input-tokens", "output-tokens"].map((what) =>
      headers.get(`anthropic-ratelimit-${what}-remaining`) === "0"
        ? untilMs(Date.parse(headers.get(`anthropic-ratelimit-${what}-reset`) ?? ""), now)
        : undefined,
    ),
  );
}

/** Seconds to wait, or the moment in seconds or milliseconds since 1970: gateways do not agree, the size tells. */
function fromPlainReset(value: string | null, now: number): number | undefined {
  const number = numberOf(value);
  if (number === undefined) return undefined;
  if (number > 1e11) return untilMs(number, now);
  return number > 1e8 ? untilMs(number * 1000, now) : sensible(number * 1000);
}

function numberOf(value: string | null): number | undefined {
  return value !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

function longest(waits: readonly (number | undefined)[]): number | undefined {
  const known = waits.filter((wait) => wait !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function sensible(milliseconds: number | undefined): number | undefined {
  if (milliseconds === undefined || Number.isNaN(milliseconds) || milliseconds < 0) return undefined;
  return Math.min(Math.ceil(milliseconds), LONGEST_MS);
}
