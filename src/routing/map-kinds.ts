/** A kind as people write it in the routing map: what its callers get, and in which order. */
import * as z from "zod/mini";
import { LADDER_STEPS } from "../domain/kind.ts";
import { QUALITY_CHECKS } from "../domain/quality.ts";
import {
  cosine,
  count,
  described,
  listOf,
  note,
  optional,
  percent,
  positiveUpTo,
  routeId,
  seconds,
  words,
} from "./map-fields.ts";

export const DEGRADE_STEPS = [...LADDER_STEPS, "queue", "human", "error"] as const;

const DegradeStep = z.union([
  z.enum(DEGRADE_STEPS),
  z.strictObject({
    step: described(z.literal("human"), "A human answers."),
    dueMinutes: described(count, "When a human must have answered."),
  }),
  z.strictObject({
    step: described(z.enum(LADDER_STEPS), "What is tried: docs/degrade.md."),
    timeoutSeconds: seconds("The longest it may take, within the deadline. 15 by default, 2 for cached_answer.", 600),
  }),
]);
export type DegradeStep = z.infer<typeof DegradeStep>;

export const onCold = z.enum(["accepted", "error", "wait"]);

const KindCache = z.union([
  z.boolean(),
  z.literal("always"),
  z.strictObject({
    per: optional(
      z.enum(["tenant", "user"]),
      "user: an answer is given again only to the user who got it. tenant by default.",
    ),
    maxAgeHours: optional(positiveUpTo(8_760), "Older answers are not given, and erased. 24 by default."),
    threshold: optional(cosine, "The cosine that two questions must be over. 0.9 by default."),
    when: optional(
      z.enum(["emergency", "always"]),
      "always: before any provider is asked; by default only as the ladder's step cached_answer.",
    ),
  }),
]);

const Quality = z.strictObject({
  checks: optional(listOf(z.enum(QUALITY_CHECKS)), "All of them by default."),
  repair: optional(z.boolean(), "false: JSON that is none is not asked for again. true by default."),
});

export const KindEntry = z.strictObject({
  deadlineSeconds: seconds(
    "The longest a caller waits: for the first words of a stream, else for the whole answer. 30 by default.",
    600,
  ),
  stream: optional(z.enum(["pumped", "checked"]), "checked: every event is looked at before it leaves."),
  commit: optional(
    z.enum(["first_words", "whole"]),
    "whole: nothing is sent before the answer is whole, so that half a tool call or half a JSON answer is never seen.",
  ),
  continue: optional(
    z.boolean(),
    "false: an answer that breaks off after its first words ends in an error; by default another route goes on with it.",
  ),
  mend: optional(z.boolean(), "true: tool calls and results that are parted are left out and not refused."),
  contextWarnPercent: optional(
    percent,
    "From so much of the largest context that the map states, by an estimate that errs high, callers are warned. 85 by default.",
  ),
  maxOutputTokens: optional(count, "max_tokens of a call that says none, where a budget covers it. 4,096 by default."),
  quality: optional(
    z.union([z.boolean(), Quality]),
    "true: its answers are looked at, and a bad one fails over to the next route (docs/quality.md).",
  ),
  routes: optional(listOf(routeId), "Route ids in order; by default every route."),
  answeredBy: optional(
    z.enum(["providers", "human"]),
    "human: no provider is asked; every call of this kind waits for a human. providers by default.",
  ),
  onCold: optional(onCold, "What a caller of this kind gets when its call is parked; by default cold.onCold."),
  cache: optional(
    KindCache,
    'true: its answers are kept, for the step cached_answer; "always": one that is kept is given before any provider is asked. Off by default.',
  ),
  degrade: optional(listOf(DegradeStep), "What happens when Hot and Warm both fail, in order."),
  protects: optional(words, "What stands still when this kind is not answered."),
  human: optional(words, "What a human does when it comes to that."),
  owner: optional(words, "Who answers for this kind; for people."),
  note,
});
export type KindEntry = z.infer<typeof KindEntry>;
