/** (3) The billing pipeline says 85 per cent: new work waits, running work finishes, humans are told; then somebody resumes. */
import * as z from "zod";
import { fail, ok } from "../../../src/lib/result.ts";
import type { Checks } from "../checks.ts";
import { ANSWER_MS, PAUSE_MS } from "../limits.ts";
import { type LisbonClient, wordsIn } from "../lisbon-client.ts";
import { noticeArrives } from "../notices.ts";
import type { Stage } from "../stage.ts";
import { until } from "../until.ts";
import { whenAnswered } from "../when-answered.ts";

/** A Google product's name: the routes say `google`. */
const ALERT = { provider: "gemini", percentUsed: 85 };
const FLAG = "pause_ai_tasks";
/** At 50 words a second it runs well past the pause. */
const RUNNING_COUNT = 300;
const LOOK_AGAIN_MS = 100;

export async function budgetAlert(checks: Checks, stage: Stage): Promise<void> {
  const hindered = await whyNot(stage);
  if (hindered !== null) return checks.notRun("the budget alert", hindered);
  const running = slowStream(stage);
  const since = await posted(checks, stage, running.began);
  if (since === null) return void (await running.ended);

  const parked = await newWorkIsParked(checks, stage, since);
  await noticeArrives(checks, stage, { what: "humans are told of the pause", kind: "paused", since });
  await flagIsInRedis(checks, stage);
  await runningWorkFinishes(checks, stage, running);
  await resumed(checks, stage);
  if (parked === null) return;
  await checks.check({
    what: "the operator sends the parked call back to the queue",
    limitMs: PAUSE_MS,
    run: async (signal) => {
      const { status } = await stage.lisbon.admin(`/admin/jobs/${parked.jobId}/retry`, signal, {});
      return status < 300 ? ok({ found: null }) : fail(`status ${status}`);
    },
  });
  await whenAnswered(checks, stage, [parked.jobId], "and it is answered", ANSWER_MS, [parked.text]);
}

/** Somebody's own pause would be lifted with ours. */
async function whyNot({ lisbon }: Stage): Promise<string | null> {
  if (!lisbon.canAlert) return "no --budget-secret was given";
  const scopes = await pausedScopes(lisbon, AbortSignal.timeout(ANSWER_MS));
  return scopes.length > 0 ? `it is paused already (${scopes.join(", ")})` : null;
}

async function pausedScopes(lisbon: LisbonClient, signal: AbortSignal): Promise<readonly string[]> {
  return Paused.parse((await lisbon.admin("/admin/pause", signal)).body).paused;
}

const Paused = z.looseObject({ paused: z.array(z.string()) });

interface Running {
  /** Resolves with its first words. */
  readonly began: Promise<boolean>;
  readonly ended: Promise<{ readonly said: string; readonly whole: boolean; readonly why: string }>;
}

function slowStream({ lisbon }: Stage): Running {
  const started = Promise.withResolvers<boolean>();
  const read = async (): Promise<Awaited<Running["ended"]>> => {
    let said = "";
    let whole = false;
    try {
      const text = `Lisbon test ${crypto.randomUUID()}: count to ${RUNNING_COUNT}`;
      const stream = await lisbon.stream({ text }, AbortSignal.timeout(ANSWER_MS));
      for await (const event of stream.events) {
        said += wordsIn(event.data);
        if (said !== "") started.resolve(true);
        if (event.data === "[DONE]") whole = true;
      }
      return { said, whole, why: `it ended after ${JSON.stringify(said.slice(-20))}` };
    } catch (cause) {
      return { said, whole, why: cause instanceof Error ? cause.message : String(cause) };
    } finally {
      started.resolve(false);
    }
  };
  return { began: started.promise, ended: read() };
}

/**
 * When the alert that paused was posted, by `performance.now()`. A deployment on which this was run before remembers
 * that somebody resumed at 85 per cent: then it takes a further step to pause it again.
 */
function posted(checks: Checks, { lisbon }: Stage, began: Promise<boolean>): Promise<number | null> {
  return checks.check({
    what: `POST /budget/webhook ${JSON.stringify(ALERT)}, while a stream is running`,
    limitMs: PAUSE_MS,
    withinMs: ANSWER_MS,
    run: async (signal) => {
      if (!(await began)) return fail("the stream that was to run did not begin");
      for (let { percentUsed } = ALERT; percentUsed <= MOST_PERCENT; percentUsed += STEP_PERCENT) {
        const at = performance.now();
        const status = await lisbon.budgetAlert({ ...ALERT, percentUsed }, signal);
        const ms = performance.now() - at;
        if (status !== 204) return fail(`status ${status}`);
        const saw = percentUsed === ALERT.percentUsed ? "204" : `204, at ${percentUsed}: it was resumed before`;
        if ((await pausedScopes(lisbon, signal)).length > 0) return ok({ found: at, ms, saw });
      }
      return fail("nothing is paused by it");
    },
  });
}

/** `budget.repauseStep`, where the map says nothing else. */
const STEP_PERCENT = 10;
/** The alert's own limit. */
const MOST_PERCENT = 1000;

interface ParkedCall {
  readonly jobId: string;
  readonly text: string;
}

function newWorkIsParked(checks: Checks, { lisbon }: Stage, since: number): Promise<ParkedCall | null> {
  return checks.check({
    what: "new work is parked",
    limitMs: PAUSE_MS,
    run: async (signal) => {
      const parked = await until(
        async () => {
          const text = `say: ${crypto.randomUUID()}`;
          const { status, jobId } = await lisbon.ask({ text }, signal);
          return status === 202 && jobId !== null ? { jobId, text } : null;
        },
        signal,
        LOOK_AGAIN_MS,
      );
      return ok({ found: parked, ms: performance.now() - since, saw: "202, counted from the alert" });
    },
  });
}

async function flagIsInRedis(checks: Checks, { behind }: Stage): Promise<void> {
  if (behind === null) return checks.notRun(`${FLAG} is in Redis`, "the deployment's Redis cannot be seen from here");
  await checks.check({
    what: `${FLAG} is in Redis`,
    limitMs: PAUSE_MS,
    run: async (signal) => {
      const value = await until(() => behind.redisValue(FLAG, signal), signal);
      return ok({ found: null, saw: value });
    },
  });
}

async function runningWorkFinishes(checks: Checks, { bills }: Stage, running: Running): Promise<void> {
  await checks.check({
    what: "the running stream finishes, whole",
    limitMs: ANSWER_MS,
    run: async () => {
      const { said, whole, why } = await running.ended;
      if (!whole) return fail(why);
      const expected = Array.from({ length: RUNNING_COUNT }, (_, at) => at + 1).join(" ");
      if (bills !== null && said !== expected) return fail(`it is not whole: ${why}`);
      return ok({ found: null, saw: `${said.split(" ").length} words` });
    },
  });
}

async function resumed(checks: Checks, { lisbon }: Stage): Promise<void> {
  await checks.check({
    what: "POST /budget/resume: new calls are answered",
    limitMs: PAUSE_MS,
    run: async (signal) => {
      const began = performance.now();
      const { status } = await lisbon.admin("/budget/resume", signal, {});
      if (status !== 204) return fail(`status ${status}`);
      await until(
        async () => {
          const answered = await lisbon.ask({ text: `say: ${crypto.randomUUID()}` }, signal);
          return answered.status === 200 ? true : null;
        },
        signal,
        LOOK_AGAIN_MS,
      );
      return ok({ found: null, ms: performance.now() - began, saw: "204, then 200" });
    },
  });
}
