import type { Quality } from "./quality.ts";

/** A named kind of work, with its time limit and what happens when every provider fails. */
export interface Kind {
  readonly name: string;
  /** Until the commit for a stream, until the end otherwise. */
  readonly deadlineMs: number;
  /** `checked`: JavaScript looks at every event before it leaves; `pumped`: the platform pumps the bytes where dialects agree. */
  readonly stream: "pumped" | "checked";
  /** `whole`: nothing is sent before the answer is whole, so that any failure may still fail over unseen. */
  readonly commit: "first_words" | "whole";
  /** May an answer that broke off after its first words be continued on another route? */
  readonly continues: boolean;
  /** May what is at fault in its conversation be left out? Else the call is refused. */
  readonly mend: boolean;
  /** From how many per cent of the largest window on a caller is warned. */
  readonly contextWarnPercent: number;
  /** What is looked for in its answers; null: nothing. */
  readonly quality: Quality | null;
  /** Does its ladder shorten a prompt that is too long? Then it is not refused before the ladder has been tried. */
  readonly shortens: boolean;
  /** Output tokens that a call gets which says no number, where a budget must know one. */
  readonly maxOutputTokens: number;
  /** Route ids of this kind, in order; null: every route of the map, in the map's order. */
  readonly routeIds: readonly string[] | null;
  /** `human`: no provider is asked, every call waits for a human. */
  readonly answeredBy: "providers" | "human";
  /** What is tried when Hot and Warm have failed, in order, before the end step. */
  readonly ladder: readonly LadderStep[];
  /** Of the deadline, what Hot and Warm leave to the ladder. */
  readonly reserveMs: number;
  /** What happens when no provider could answer. */
  readonly end: EndStep;
  /** What a caller gets when its call is parked, unless the request says otherwise. */
  readonly onCold: OnCold;
  /** How its answers are kept, to be given again; null: they are not. */
  readonly cache: CacheSettings | null;
}

export interface CacheSettings {
  /** `user`: an answer is given again to the user who got it, and to nobody else. */
  readonly per: "tenant" | "user";
  readonly maxAgeMs: number;
  /** The cosine that two questions must be over. */
  readonly threshold: number;
  /** Answers that the whole tenant's cache holds; the least recently used leave. */
  readonly most: number;
  /** `emergency`: only as the ladder's step `cached_answer`; `always`: before any provider is asked. */
  readonly when: "emergency" | "always";
}

export const LADDER_STEPS = ["smaller_model", "shorter_context", "cached_answer"] as const;
export type LadderStepName = (typeof LADDER_STEPS)[number];

export interface LadderStep {
  readonly step: LadderStepName;
  /** The longest it may take, within the call's deadline. */
  readonly timeoutMs: number;
}

export type EndStep =
  | { readonly step: "queue" }
  /** `dueMs`: within which a human must have answered; null: nobody said. */
  | { readonly step: "human"; readonly dueMs: number | null }
  | { readonly step: "error" };

/** `accepted`: 202 with the job. `error`: 503 with the job, which the official SDKs retry. `wait`: up to the deadline, then as `accepted`. */
export const ON_COLD = ["accepted", "error", "wait"] as const;
export type OnCold = (typeof ON_COLD)[number];
