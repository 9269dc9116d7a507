/** How a world's jobs fared, as a test may compare it: plain numbers, which are wrong answers' ids where something is wrong. */
import * as z from "zod";
import { type ColdWorld, MINUTE, promptOf } from "../cold-world.ts";
import { answerTo } from "./providers.ts";

export interface Verdict {
  readonly byState: Readonly<Record<string, number>>;
  /** Prompts that no provider answered. */
  readonly unanswered: readonly string[];
  /** Prompts that a provider answered more than once: each is a bill. */
  readonly billedTwice: readonly string[];
  /** Jobs whose answer is another's. */
  readonly mixedUp: readonly string[];
  readonly attemptsBurnt: number;
  readonly longestHistory: number;
  /** Runs of all jobs together. */
  readonly runs: number;
  /** Jobs that ran more often than once in 6 minutes (8 less the jitter) beside the first few times. */
  readonly restless: readonly string[];
  /** From then until the last job was answered. */
  lastAnswerAfter(momentMs: number): number;
}

/** Nothing lost, nothing twice, and no attempt burnt. */
export function allWell(count: number) {
  return { byState: { answered: count }, unanswered: [], billedTwice: [], mixedUp: [], attemptsBurnt: 0 };
}

/** Of the callers `0` to `count`, who were all told that their call is queued. */
export async function verdictOf(world: ColdWorld, count: number): Promise<Verdict> {
  const views = await world.jobs.views();
  const { answered } = world.providers;
  const prompts = Array.from({ length: count }, (_none, number) => promptOf(number));
  const texts = views.map((view) => (view.answer === null ? null : textOf(view.answer)));
  const runsOf = (view: (typeof views)[number]): number => {
    return Math.max(0, ...view.history.map(({ reason }) => Number(/^run (\d+)/.exec(reason)?.[1] ?? 0)));
  };
  return {
    byState: Object.fromEntries(Object.entries(world.index.counts().byState).filter(([, jobs]) => jobs > 0)),
    unanswered: prompts.filter((prompt) => !answered.has(prompt) || !texts.includes(answerTo(prompt))),
    billedTwice: [...answered].filter(([, times]) => times !== 1).map(([prompt]) => prompt),
    mixedUp: views.filter((_view, place) => texts.indexOf(texts[place] ?? null) !== place).map(({ id }) => id),
    attemptsBurnt: views.reduce((sum, { attempts }) => sum + attempts, 0),
    longestHistory: Math.max(...views.map(({ history }) => history.length)),
    runs: views.reduce((sum, view) => sum + runsOf(view), 0),
    restless: views
      .filter((view) => runsOf(view) > FIRST_RUNS + (view.updatedAtMs - view.createdAtMs) / (6 * MINUTE))
      .map(({ id }) => id),
    lastAnswerAfter: (momentMs) => Math.max(...views.map(({ updatedAtMs }) => updatedAtMs)) - momentMs,
  };
}

/** Until the waits have grown to their longest: two quick failures, then 40, 80, 160 and 320 s. */
const FIRST_RUNS = 8;

const Completion = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })) });

function textOf(answer: string): string {
  return Completion.parse(JSON.parse(answer)).choices[0]?.message.content ?? "";
}
