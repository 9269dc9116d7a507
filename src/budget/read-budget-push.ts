/**
 * A Cloud Billing budget notification as Pub/Sub pushes it.
 * https://cloud.google.com/billing/docs/how-to/budgets-programmatic-notifications#notification-format
 * https://cloud.google.com/pubsub/docs/push#receive_push
 */
import "../lib/zod-words.ts";
import * as z from "zod/mini";
import { fail, ok, type Result } from "../lib/result.ts";
import type { BudgetAlert } from "./pause-port.ts";
import { MAX_PERCENT, percentOfBudget } from "./percent.ts";

export interface PushProblem {
  /** Such as `message.data.costAmount`. */
  readonly param: string;
  readonly reason: string;
}

/**
 * One alert for what was spent, whatever threshold the message is about: it comes several times a day. A second one
 * where a forecast is over a threshold too.
 */
export function readBudgetPush(
  body: unknown,
  provider: string,
  receivedMs: number,
): Result<readonly BudgetAlert[], PushProblem> {
  const push = Push.safeParse(body);
  if (!push.success) return fail(problemOf(push.error, ""));
  const { data, attributes, publishTime } = push.data.message;
  const id = push.data.message.messageId ?? push.data.message.message_id;
  const json = decoded(data);
  if (json === undefined) return fail({ param: "message.data", reason: "message.data: expected JSON in base64." });
  const read = Notification.safeParse(json);
  if (!read.success) return fail(problemOf(read.error, "message.data."));

  const { costAmount, budgetAmount, costIntervalStart, forecastThresholdExceeded, budgetDisplayName } = read.data;
  const sentMs = Date.parse(publishTime ?? "");
  const common = {
    provider,
    period: costIntervalStart ?? null,
    message: id === undefined ? null : { id, atMs: Number.isNaN(sentMs) ? receivedMs : sentMs },
    source: `budget:${attributes?.["budgetId"] ?? budgetDisplayName ?? "unnamed"}`,
    pauseOnly: false,
  };
  const actual = { ...common, kind: "actual" as const, percentUsed: percentOfBudget(costAmount, budgetAmount) };
  if (typeof forecastThresholdExceeded !== "number") return ok([actual]);
  const forecast = Math.min(MAX_PERCENT, forecastThresholdExceeded * 100);
  return ok([actual, { ...common, kind: "forecast" as const, percentUsed: forecast }]);
}

/** Pub/Sub writes each field twice, in two spellings. */
const Push = z.looseObject({
  message: z.looseObject({
    data: z.string(),
    messageId: z.optional(z.string()),
    message_id: z.optional(z.string()),
    publishTime: z.optional(z.string()),
    attributes: z.nullish(z.record(z.string(), z.string())),
  }),
});

const Notification = z.looseObject({
  budgetDisplayName: z.optional(z.string()),
  /** In the budget's own currency, as is `budgetAmount`. */
  costAmount: z.number(),
  budgetAmount: z.number(),
  /** The beginning of the budget's period. */
  costIntervalStart: z.nullish(z.iso.datetime({ offset: true })),
  /** A share of 1. */
  forecastThresholdExceeded: z.nullish(z.number().check(z.minimum(0))),
});

function decoded(base64: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function problemOf(error: z.core.$ZodError, prefix: string): PushProblem {
  const [issue] = error.issues;
  const param = `${prefix}${issue?.path.join(".") ?? ""}`.replace(/\.$/, "");
  return { param, reason: `${param}: ${issue?.message ?? "is not as expected"}.` };
}
