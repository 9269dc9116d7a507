/**
 * Google's 429s. The message is the same for a minute's limit and for a day's
 * ("You exceeded your current quota, please check your plan and billing
 * details"); which it is, only the ids of the violated quotas say. They come
 * through Google's layer for OpenAI's SDK too.
 * https://cloud.google.com/apis/design/errors#error_payloads
 * https://github.com/google-gemini/gemini-cli/issues/8437
 */
import * as z from "zod/mini";
import type { FailureKind } from "../domain/failure.ts";
import { forgiving } from "../lib/forgiving.ts";
import type { ErrorBody } from "./error-body.ts";
import { durationMs } from "./retry-after.ts";

export interface Quota {
  readonly kind: FailureKind;
  readonly retryAfterMs: number | undefined;
  readonly oneModelOnly: boolean;
}

const Violation = z.looseObject({
  quotaId: z.optional(z.string()),
  quotaMetric: z.optional(z.string()),
  quotaDimensions: z.optional(z.looseObject({ model: z.optional(z.string()) })),
});
type Violation = z.infer<typeof Violation>;
const Detail = z.looseObject({
  violations: forgiving(z.optional(z.array(Violation)), undefined),
  retryDelay: forgiving(z.optional(z.string()), undefined),
});

/** Details of other kinds have none of these fields. */
const Details = z.array(forgiving(Detail, {}));

/** Null: no quota is named. */
export function googleQuota(body: ErrorBody | null, now: number): Quota | null {
  if (body === null || !Array.isArray(body.details)) return null;
  const details = Details.parse(body.details);
  const violations = details.flatMap((detail) => detail.violations ?? []).filter(namesQuota);
  const delay = details.map((detail) => detail.retryDelay).find((text) => text !== undefined);
  const retryAfterMs = delay === undefined ? undefined : durationMs(delay);
  if (violations.length === 0) {
    return delay === undefined || !body.words.includes("RESOURCE_EXHAUSTED")
      ? null
      : { kind: "rate_limited", retryAfterMs, oneModelOnly: false };
  }
  const daily = violations.filter((violation) => /PerDay|per_day/.test(idOf(violation)));
  if (daily.length === 0) return { kind: "rate_limited", retryAfterMs, oneModelOnly: false };
  return {
    kind: "quota_exhausted",
    // For a day's quota `retryDelay` still says some seconds, which is not when it comes back.
    retryAfterMs: untilMidnightPacific(now) ?? retryAfterMs,
    oneModelOnly: daily.every(
      (violation) => /PerModel|per_model/.test(idOf(violation)) || violation.quotaDimensions?.model,
    ),
  };
}
function namesQuota(violation: Violation): boolean {
  return idOf(violation) !== "";
}

function idOf({ quotaId = "", quotaMetric = "" }: Violation): string {
  return `${quotaId}${quotaMetric}`;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * "Requests per day (RPD) quotas reset at midnight Pacific time." An hour off on two days of the year.
 * https://ai.google.dev/gemini-api/docs/rate-limits
 */
function untilMidnightPacific(now: number): number | undefined {
  // An error inside a stream comes without a clock.
  if (now <= 0) return undefined;
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: "America/Los_Angeles", timeStyle: "medium" }).format(now);
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return DAY_MS - ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
