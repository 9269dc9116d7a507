/**
 * A drill from its first call to its last parked job: the load goes on while
 * faults come and go, and what was seen comes back as plain data. It judges
 * nothing. Every loop has an end that the scenario states.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { DrillStage } from "./drill-stage.ts";
import type { Observed, SeenCall, SeenEvent, SeenJob } from "./observed.ts";
import { oneCall } from "./one-call.ts";
import { describeFault, type DrillFault, type NamedScenario } from "./scenario.ts";
import { startWatch, type Watch } from "./watch.ts";

const LOOK_EVERY_MS = 500;
/** Longer than any kind's deadline with its stream: what is not over by then is lost. */
const CALL_MS = 90_000;
const ASK_MS = 10_000;

export async function runDrill(
  scenario: NamedScenario,
  stage: DrillStage,
  show: (event: SeenEvent) => void,
  interrupted: AbortSignal,
): Promise<Observed> {
  const calls: SeenCall[] = [];
  const events: SeenEvent[] = [];
  const problems: string[] = [];
  const began = performance.now();
  const since = (): number => performance.now() - began;
  const report = (event: SeenEvent): void => {
    events.push(event);
    show(event);
  };
  const watch = await startWatch(stage, since, report, AbortSignal.timeout(ASK_MS));

  const over = new AbortController();
  const looking = lookOn(watch, AbortSignal.any([over.signal, interrupted]));
  const playing = playFaults(scenario, stage, { since, report, problems, interrupted });
  const telling = tellShares(scenario, calls, { since, report, interrupted });
  try {
    await makeCalls(scenario, stage, calls, { since, interrupted });
    await Promise.all([playing, telling]);
  } finally {
    await orProblem(stage.play([], AbortSignal.timeout(ASK_MS)), problems);
  }
  const jobs = await settle(scenario, stage, watch, { calls, since, interrupted });
  over.abort();
  await looking;
  return { calls, events, notices: watch.notices, jobs, stillOpen: watch.open(), problems };
}

interface Run {
  readonly since: () => number;
  readonly interrupted: AbortSignal;
}

async function makeCalls(
  { seconds, load }: NamedScenario,
  { lisbon, obedient }: DrillStage,
  calls: SeenCall[],
  { since, interrupted }: Run,
): Promise<void> {
  const total = Math.ceil(seconds * load.perSecond);
  const under: Promise<void>[] = [];
  for (let number = 0; number < total; number++) {
    await until((number * 1000) / load.perSecond, since, interrupted);
    if (interrupted.aborted) break;
    // Spread evenly: 50 per cent are every other call.
    const before = Math.floor((number * load.streamed) / 100);
    const streamed = Math.floor(((number + 1) * load.streamed) / 100) > before;
    under.push(call(streamed));
  }
  await Promise.all(under);

  async function call(streamed: boolean): Promise<void> {
    const atMs = since();
    const said = `This is call ${crypto.randomUUID()} of a drill. ${SENTENCE}`;
    const options = { text: `say: ${said}`, expected: obedient ? said : null, model: load.model, streamed };
    const got = await oneCall(lisbon, options, AbortSignal.any([AbortSignal.timeout(CALL_MS), interrupted]));
    if (!interrupted.aborted) calls.push({ atMs, tookMs: since() - atMs, streamed, ...got });
  }
}

/** Long enough to be cut in its middle. */
const SENTENCE = "The quick brown fox jumps over the lazy dog while the lazy dog dreams of quick brown foxes.";

async function playFaults(
  { faults }: NamedScenario,
  stage: DrillStage,
  { since, report, problems, interrupted }: Run & { report: (event: SeenEvent) => void; problems: string[] },
): Promise<void> {
  const moments = [...new Set(faults.flatMap(({ fromSecond, toSecond }) => [fromSecond, toSecond]))].toSorted(
    (a, b) => a - b,
  );
  let on: readonly DrillFault[] = [];
  for (const second of moments) {
    await until(second * 1000, since, interrupted);
    if (interrupted.aborted) return;
    const next = faults.filter(({ fromSecond, toSecond }) => fromSecond <= second && second < toSecond);
    await orProblem(stage.play(next, AbortSignal.timeout(ASK_MS)), problems);
    const atMs = since();
    for (const each of on.filter((fault) => !next.includes(fault))) {
      report({ atMs, kind: "fault", text: `over: ${describeFault(each)}` });
    }
    for (const each of next.filter((fault) => !on.includes(fault))) {
      report({ atMs, kind: "fault", text: `begins: ${describeFault(each)}` });
    }
    on = next;
  }
}

/** Who answered of late, a dozen times in a drill. */
async function tellShares(
  { seconds }: NamedScenario,
  calls: readonly SeenCall[],
  { since, report, interrupted }: Run & { report: (event: SeenEvent) => void },
): Promise<void> {
  const everyMs = Math.max(1000, (seconds * 1000) / 12);
  let told = 0;
  for (let atMs = everyMs; atMs <= seconds * 1000 && !interrupted.aborted; atMs += everyMs) {
    await until(atMs, since, interrupted);
    const news = calls.slice(told);
    told = calls.length;
    const by = [...new Set(news.map(({ outcome }) => outcome))]
      .toSorted()
      .map((outcome) => `${news.filter((each) => each.outcome === outcome).length} ${outcome}`);
    const text = news.length === 0 ? "no call has ended" : `${news.length} calls ended: ${by.join(", ")}`;
    report({ atMs: since(), kind: "note", text });
  }
}

async function lookOn(watch: Watch, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await watch.look(AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]));
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    } catch {
      // It is over, or Lisbon does not answer its operator just now: the next look may.
      if (!signal.aborted) await sleep(LOOK_EVERY_MS);
    }
  }
}

/** Until circuits are closed, parked calls finished and the alerts told, as long as the scenario gives it. */
async function settle(
  { settleSeconds, expect }: NamedScenario,
  { lisbon }: DrillStage,
  watch: Watch,
  { calls, since, interrupted }: Run & { calls: readonly SeenCall[] },
): Promise<readonly SeenJob[]> {
  const untilMs = since() + settleSeconds * 1000;
  const status = new Map<string, string>();
  for (const { jobId } of calls) if (jobId !== null) status.set(jobId, "unknown");
  // Closed circuits may open a moment later by what is still being reported.
  for (let looks = 0; ; looks++) {
    for (const [jobId, was] of status) {
      if (was === "answered") continue;
      try {
        status.set(jobId, (await lisbon.job(jobId, AbortSignal.timeout(ASK_MS))).status);
      } catch {
        // Asked again, as long as there is time.
      }
    }
    const told = expect.notices.every((kind) =>
      watch.notices.some((notice) => notice.kind === kind && notice.broughtBy.length > 0),
    );
    const done = [...status.values()].every((each) => each === "answered") && watch.open().length === 0 && told;
    if ((done && looks >= 2) || since() >= untilMs || interrupted.aborted) break;
    await until(since() + 2 * LOOK_EVERY_MS, since, interrupted);
  }
  return [...status].map(([jobId, each]) => ({ jobId, status: each }));
}

async function until(ms: number, since: () => number, signal: AbortSignal): Promise<void> {
  const leftMs = ms - since();
  if (leftMs > 0) await sleep(leftMs, undefined, { signal }).catch(() => undefined);
}

async function orProblem(done: ReturnType<DrillStage["play"]>, problems: string[]): Promise<void> {
  try {
    const told = await done;
    if (!told.ok) problems.push(told.failure);
  } catch (cause) {
    problems.push(cause instanceof Error ? cause.message : String(cause));
  }
}
