/**
 * `npm run fleet`: the fleet in virtual time, from one isolate to ten
 * thousand. How to read it: docs/scaling.md. Ends with 1 where a budget was
 * overspent.
 *
 *   --quick            up to a hundred isolates
 *   --isolates N --calls N --trouble NAME   one scenario, as JSON
 *   --seed N           another course of chance
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { TROUBLES } from "./faults.ts";
import { scenariosOf } from "./scenarios.ts";
import { simulate, type Outcome, type Scenario } from "./simulate.ts";
import { tablesOf } from "./table.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean" },
    isolates: { type: "string" },
    calls: { type: "string" },
    trouble: { type: "string" },
    seed: { type: "string" },
  },
});
process.exit(values.isolates === undefined ? await runAll() : await runOne(Number(values.isolates)));

async function runAll(): Promise<number> {
  const began = performance.now();
  const scenarios = scenariosOf(values.quick === true).map((scenario) => ({ ...scenario, ...seed() }));
  const outcomes = await simulateAll(scenarios);
  console.error(`${scenarios.length} scenarios, ${Math.round((performance.now() - began) / 1_000)} s`);
  console.log(`\n${new Date().toISOString().slice(0, 10)}, \`npm run fleet${values.quick ? " -- --quick" : ""}\`\n`);
  console.log(tablesOf(outcomes));
  const overspent = outcomes.filter(({ budget }) => (budget?.overspentMicros ?? 0) > 0);
  for (const { scenario } of overspent) console.error(`overspent: ${JSON.stringify(scenario)}`);
  return overspent.length === 0 ? 0 : 1;
}

async function runOne(isolates: number): Promise<number> {
  const trouble = TROUBLES.find((name) => name === values.trouble) ?? "hard";
  const callsPerSecond = Number(values.calls ?? isolates);
  const outcome = await simulate({ seed: 1, isolates, callsPerSecond, trouble, ...seed() });
  console.log(JSON.stringify(outcome, null, 2));
  return (outcome.budget?.overspentMicros ?? 0) > 0 ? 1 : 0;
}

function seed(): Partial<Scenario> {
  return values.seed === undefined ? {} : { seed: Number(values.seed) };
}

/** The heaviest first, for they are what the threads would wait for at the end. The outcomes stand in the scenarios' order. */
async function simulateAll(scenarios: readonly Scenario[]): Promise<readonly Outcome[]> {
  const outcomes = new Map<Scenario, Outcome>();
  const waiting = scenarios.toSorted((left, right) => right.callsPerSecond - left.callsPerSecond);
  const lane = async (): Promise<void> => {
    const thread = new Worker(new URL("scenario-thread.ts", import.meta.url));
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      console.error(`${next.isolates} isolates, ${next.callsPerSecond} calls/s, ${next.trouble} …`);
      outcomes.set(next, await answerOf(thread, next));
    }
    await thread.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
  return scenarios.flatMap((scenario) => outcomes.get(scenario) ?? []);
}

function answerOf(thread: Worker, scenario: Scenario): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.once("message", (outcome: Outcome) => {
      thread.off("error", reject);
      resolve(outcome);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    thread.postMessage(scenario);
  });
}
