/**
 * What providers' headers say of their own rate limits, in one shape. They
 * agree on the words and not on their order: `x-ratelimit-remaining-requests`
 * (OpenAI, Groq, xAI, Azure, Together), `x-ratelimit-remaining-tokens-minute`
 * (Mistral, Cerebras), `anthropic-ratelimit-tokens-remaining`,
 * `x-ratelimit-remaining` (OpenRouter), `ratelimit-remaining` (the IETF draft).
 * Google and Amazon send none.
 * https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 * https://docs.anthropic.com/en/api/rate-limits#response-headers
 */
import { resetMs } from "./retry-after.ts";

export interface RateLimit {
  /** `requests`, `input-tokens`, `tokens-minute`, …; empty: the provider has one limit and no word for it. */
  readonly what: string;
  readonly limit: number;
  readonly remaining: number;
  /** Until it is whole again; null: the provider does not say. */
  readonly resetMs: number | null;
}

/** `now` in milliseconds, for resets that are dates. Limits that say only half of it are left out. */
export function rateLimitsOf(headers: Headers, now: number): readonly RateLimit[] {
  const found = new Map<string, Map<string, string>>();
  for (const [name, value] of headers) {
    const [, before, part, after] = HEADER.exec(name) ?? [];
    if (part === undefined) continue;
    const what = before ?? after ?? "";
    found.set(what, (found.get(what) ?? new Map()).set(part, value));
  }
  return [...found].flatMap(([what, parts]) => {
    const [limit, remaining] = [numberIn(parts.get("limit")), numberIn(parts.get("remaining"))];
    if (limit === null || remaining === null || limit <= 0) return [];
    return [{ what, limit, remaining, resetMs: resetMs(parts.get("reset") ?? null, now) ?? null }];
  });
}

const HEADER =
  /^(?:x-|anthropic-)?ratelimit-(?:([a-z-]+)-(?=(?:limit|remaining|reset)$))?(limit|remaining|reset)(?:-([a-z-]+))?$/;

/** With so few requests left the next burst is over the limit, whatever its share. */
const FEW_REQUESTS = 1;
/** Where the provider does not say: most limits are a minute's. */
const USUAL_RESET_MS = 60_000;
/** Looked at again after that, also where a day's limit is low. */
const LONGEST_MS = 600_000;

/**
 * How long the route is better used for what nothing else can answer, in milliseconds: less than `percent` of a limit
 * is left. Null: it is far from all of them.
 */
export function nearLimitMs(limits: readonly RateLimit[], percent: number): number | null {
  const near = limits.filter(({ what, limit, remaining }) => {
    const isFew = !what.includes("tokens") && remaining <= FEW_REQUESTS && limit > FEW_REQUESTS;
    return isFew || remaining * 100 < limit * percent;
  });
  const waits = near.map(({ resetMs: wait }) => Math.min(wait ?? USUAL_RESET_MS, LONGEST_MS));
  return waits.length === 0 ? null : Math.max(...waits);
}

/** `10`, `10.0`; `100, 100;w=60` in the draft: the first number. */
function numberIn(value: string | undefined): number | null {
  const [, number] = /^\s*(\d+(?:\.\d+)?)\s*(?:[,;]|$)/.exec(value ?? "") ?? [];
  return number === undefined ? null : Number(number);
}
