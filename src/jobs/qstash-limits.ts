import { assertNever } from "../lib/assert-never.ts";

/**
 * What an isolate has learnt of its QStash account's plan. A plan that refuses
 * a number names its maximum in the error; from then on nothing over it is
 * asked for. Plans grow and isolates end, so it is kept no longer than one.
 */
export interface LearntLimits {
  /** `left_out`: refused without a number, so QStash's own default is taken. */
  maxRetries: number | "left_out" | null;
  maxParallelism: number | null;
  maxDelaySeconds: number | null;
  /** What no number mends (a wrong token, an address that it does not take) was told. */
  refusalTold: boolean;
}

export function emptyLearntLimits(): LearntLimits {
  return { maxRetries: null, maxParallelism: null, maxDelaySeconds: null, refusalTold: false };
}

/** The numbers of a publish that a plan may refuse. */
export interface Numbers {
  /** Null: left out. */
  readonly retries: number | null;
  readonly parallelism: number;
  /** Unix seconds; null: at once. */
  readonly notBefore: number | null;
}

export interface PlanLimit {
  readonly option: "retries" | "parallelism" | "delay";
  /** Null: the error names none. Seconds for a delay. */
  readonly maximum: number | null;
}

/** As much of what is wanted as the plan is known to allow. */
export function withinLimits(wanted: Numbers, learnt: LearntLimits, nowMs: number): Numbers {
  const { maxRetries, maxParallelism, maxDelaySeconds } = learnt;
  return {
    retries: maxRetries === "left_out" || wanted.retries === null ? null : atMost(wanted.retries, maxRetries),
    parallelism: atMost(wanted.parallelism, maxParallelism),
    notBefore:
      wanted.notBefore === null || maxDelaySeconds === null
        ? wanted.notBefore
        : Math.min(wanted.notBefore, Math.floor(nowMs / 1000) + Math.max(0, maxDelaySeconds - CLOCK_SKEW_SECONDS)),
  };
}

function atMost(wanted: number, maximum: number | null): number {
  return maximum === null ? wanted : Math.min(wanted, maximum);
}

/** QStash counts a delay by its own clock, which may be behind ours. */
const CLOCK_SKEW_SECONDS = 60;

/**
 * The limit that an error speaks of; null: it speaks of none. Texts seen at the real one by those who use it:
 * `quota maxDelay exceeded, current limit: 604800`, `quota maxRetries exceeded`, `quota maxParallelism`. Neither they nor
 * their status are documented, so this reads any that looks like them.
 */
export function readPlanLimit(text: string): PlanLimit | null {
  if (!/quota|exceed|\blimit|maximum|at most/i.test(text)) return null;
  const option = OPTIONS.find(({ words }) => words.test(text))?.option;
  if (option === undefined) return null;
  const [, digits = "", unit = ""] = /(?:limit|maximum|at most|up to)\D{0,12}(\d+)\s*([a-z]*)/i.exec(text) ?? [];
  const readable = digits !== "" && (option !== "delay" || /^(?:s|sec|seconds?)?$/i.test(unit));
  return { option, maximum: readable ? Number(digits) : null };
}

const OPTIONS: readonly { readonly option: PlanLimit["option"]; readonly words: RegExp }[] = [
  { option: "retries", words: /retries/i },
  { option: "delay", words: /delay|not-?before/i },
  { option: "parallelism", words: /parallelism/i },
];

/** Takes the limit to heart. True: it is the first time that this isolate hears of this one. */
export function learn(learnt: LearntLimits, { option, maximum }: PlanLimit): boolean {
  const { maxRetries, maxParallelism, maxDelaySeconds } = learnt;
  switch (option) {
    case "retries":
      // Where even the default was too much, none is left to ask for.
      learnt.maxRetries = maximum ?? (maxRetries === null ? "left_out" : 0);
      return maxRetries === null;
    case "parallelism":
      learnt.maxParallelism = Math.max(1, maximum ?? 1);
      return maxParallelism === null;
    case "delay":
      // Never left out: a job that is delivered before its time puts itself off, at once and for ever.
      learnt.maxDelaySeconds = Math.max(SHORTEST_MAX_DELAY_SECONDS, maximum ?? UNNAMED_MAX_DELAY_SECONDS);
      return maxDelaySeconds === null;
    default:
      return assertNever(option);
  }
}

/** The free plan's is 7 days: https://upstash.com/pricing/qstash */
const UNNAMED_MAX_DELAY_SECONDS = 86_400;
/** Under it nothing sensible could be put off at all; the job's own alarm is then the better transport. */
const SHORTEST_MAX_DELAY_SECONDS = 600;
