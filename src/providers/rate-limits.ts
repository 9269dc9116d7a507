/**
 * What providers' headers say of their own rate limits, in one shape. They
 * agree on the words and not on their order: `x-ratelimit-remaining-requests`
 * (OpenAI, Groq, xAI, Azure), `x-ratelimit-remaining-tokens-minute` (Mistral,
 * whose requests are `req`; Cerebras), `anthropic-ratelimit-tokens-remaining`,
 * `x-ratelimit-remaining` (OpenRouter, Together), `ratelimit-remaining` and
 * `ratelimit` (the IETF's drafts, earlier and later). Google and Amazon send none.
 * https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 * https://docs.anthropic.com/en/api/rate-limits#response-headers
 * https://github.com/mistralai/client-ts/issues/169
 * https://support.together.ai/en/articles/8988956-rate-limits
 * https://learn.microsoft.com/en-us/answers/questions/5625878/ (Azure: -1 where it does not know)
 * https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-10.txt
 */
import { resetMs } from "./retry-after.ts";

export interface RateLimit {
  /** `requests`, `input-tokens`, `tokens-minute`, …; empty: the provider has one limit and no word for it. */
  readonly what: string;
  /** Null: the provider says only what is left of it. */
  readonly limit: number | null;
  readonly remaining: number;
  /** Until it is whole again; null: the provider does not say. */
  readonly resetMs: number | null;
}

/** `now` in milliseconds, for resets that are dates. What does not say how much is left is left out. */
export function rateLimitsOf(headers: Headers, now: number): readonly RateLimit[] {
  const found = new Map<string, Map<string, string>>();
  for (const [name, value] of headers) {
    const [, before, part, after] = HEADER.exec(name) ?? [];
    if (part === undefined) continue;
    const what = before ?? after ?? "";
    found.set(what, (found.get(what) ?? new Map()).set(part, value));
  }
  const limits = [...found].flatMap(([what, parts]) => {
    const [limit, remaining] = [numberIn(parts.get("limit")), numberIn(parts.get("remaining"))];
    if (remaining === null || limit === 0) return [];
    return [{ what, limit, remaining, resetMs: resetMs(parts.get("reset") ?? null, now) ?? null }];
  });
  const draft = headers.get("ratelimit");
  return draft === null ? limits : [...limits, ...fromDraft(draft, headers.get("ratelimit-policy") ?? "")];
}

const HEADER =
  /^(?:x-|anthropic-)?ratelimit-(?:([a-z-]+)-(?=(?:limit|remaining|reset)$))?(limit|remaining|reset)(?:-([a-z0-9_-]+))?$/;

/** `"default";r=50;t=30`, of the policy `"default";q=100;w=60`; there may be several of each. */
function fromDraft(draft: string, policy: string): readonly RateLimit[] {
  const policies = policy.split(",");
  return draft.split(",").flatMap((item) => {
    const name = item.split(";", 1)[0]?.trim() ?? "";
    const remaining = parameter(item, "r");
    if (remaining === null) return [];
    const seconds = parameter(item, "t");
    const limit = parameter(policies.find((each) => each.includes(name)) ?? "", "q");
    return [{ what: name.replaceAll('"', ""), limit, remaining, resetMs: seconds === null ? null : seconds * 1000 }];
  });
}

function parameter(item: string, name: string): number | null {
  return numberIn(
    item
      .split(";")
      .find((each) => each.trim().startsWith(`${name}=`))
      ?.split("=")[1],
  );
}

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
    const isFew = !what.includes("token") && remaining <= FEW_REQUESTS && (limit ?? Infinity) > FEW_REQUESTS;
    return isFew || remaining * 100 < (limit ?? 0) * percent;
  });
  const waits = near.map(({ resetMs: wait }) => Math.min(wait ?? USUAL_RESET_MS, LONGEST_MS));
  return waits.length === 0 ? null : Math.max(...waits);
}

/** Nothing is left of one of them, and the provider says when it is whole again: to ask before would be refused. */
export function isReached(limits: readonly RateLimit[]): boolean {
  return limits.some(({ remaining, resetMs: wait }) => remaining < 1 && wait !== null && wait <= LONGEST_MS);
}

/** `10`, `10.0`; `100, 100;w=60` in the draft: the first number. */
function numberIn(value: string | undefined): number | null {
  const [, number] = /^\s*(\d+(?:\.\d+)?)\s*(?:[,;]|$)/.exec(value ?? "") ?? [];
  return number === undefined ? null : Number(number);
}
