/**
 * `npm run soak`: half an hour of mixed calls and faults against the Worker in
 * workerd. Ends with 1 where its memory grows, sockets, files or timers are
 * left over, or a call was not what it should be. Not part of CI. How to read it: ../README.md.
 *
 *   --minutes N   in place of 30
 *   --rate N      calls begun each second, in place of 25
 *   --only NAMES  these callers alone, with commas, as the table names them
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { claimBelongings } from "../harness/belongings.ts";
import { residentKiB } from "../harness/process-stats.ts";
import { callAs, callerAt, CALLERS, callersNamed, isRight, type Caller } from "./calls.ts";
import { startProvider } from "./provider.ts";
import { openFiles, startSubject, type Queue } from "./subject.ts";
import { verdictOf, type Files, type Sample, type Soak, type Timed } from "./verdict.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string" }, rate: { type: "string" }, only: { type: "string" } },
});
const MINUTES = Number(values.minutes ?? 30);
const CALLS_PER_SECOND = Number(values.rate ?? 25);
/** A heap grows to what it once needed and stays so, which is no leak: it is warmed up with more than will come. */
const WARM_UP_MS = 120_000;
const WARM_UP_RATE = 4;
/** What is parked sleeps for eight minutes at most, and then has its turn. */
const DRAIN_MS = 12 * 60_000;
/** Objects leave memory ten seconds after their last request; kept-alive connections within twenty. */
const QUIET_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const SAMPLES = 60;

interface Counted {
  calls: number;
  wrong: number;
  example: string;
}

const callers = values.only === undefined ? CALLERS : callersNamed(values.only.split(","));
const provider = await startProvider();
const subject = await startSubject(provider.url, claimBelongings());
const counted = new Map(CALLERS.map(({ name }): [string, Counted] => [name, { calls: 0, wrong: 0, example: "" }]));
const times: Timed[] = [];
const open = new Set<Promise<void>>();
let number = 0;
let beganMs = performance.now();

process.exit(await main());

async function main(): Promise<number> {
  // Nobody is away while it warms up, so that nothing is parked when the files are counted.
  await load(WARM_UP_MS, CALLS_PER_SECOND * WARM_UP_RATE, []);
  const idleBefore = await idleFiles();
  provider.troubled = true;
  times.length = 0;
  for (const each of counted.values()) Object.assign(each, { calls: 0, wrong: 0, example: "" });
  beganMs = performance.now();
  const lastedMs = MINUTES * 60_000;
  const samples: Sample[] = [];
  await load(lastedMs, CALLS_PER_SECOND, samples);
  const idleAfter = await idleFiles();
  return tell({ lastedMs, samples, times, idleBefore, idleAfter }, await subject.queue());
}

/** Calls at random moments for `ms`, `perSecond` of them, and samples of the process between them. */
async function load(ms: number, perSecond: number, samples: Sample[]): Promise<void> {
  const began = performance.now();
  let sampleAtMs = began;
  while (performance.now() - began < ms) {
    // Those who wait for 1,000 calls wait for something else than calls.
    if (open.size < 1_000) beginCall(callerAt(Math.random(), callers));
    if (performance.now() >= sampleAtMs) {
      sampleAtMs += ms / SAMPLES;
      samples.push(await sample());
    }
    await sleep(-Math.log(1 - Math.random()) * (1_000 / perSecond));
  }
}

function beginCall(caller: Caller): void {
  number += 1;
  const at = performance.now() - beganMs;
  const count = counted.get(caller.name) ?? { calls: 0, wrong: 0, example: "" };
  const wrong = (what: string): void => {
    count.wrong += 1;
    count.example ||= what;
  };
  count.calls += 1;
  const call = callAs(caller, number, subject.url, subject.key)
    .then((result) => {
      if (!isRight(caller, result)) wrong(JSON.stringify(result));
      else if (caller.timed) times.push({ atMs: at, ms: result.ms });
    })
    .catch((cause: unknown) => wrong(String(cause)))
    .finally(() => open.delete(call));
  open.add(call);
}

async function sample(): Promise<Sample> {
  await collect();
  const resident = residentKiB(subject.pid) ?? 0;
  return { atMs: performance.now() - beganMs, residentKiB: resident, files: openFiles(subject.pid) };
}

/** The router's garbage; the state's is collected every two seconds. */
async function collect(): Promise<void> {
  await (await fetch(`${subject.url}/collect`)).text();
}

/** The least while nothing is under way, which takes that no call is parked any more: its object wakes now and then. */
async function idleFiles(): Promise<Files> {
  await Promise.all(open);
  await drained();
  await collect();
  let least = openFiles(subject.pid);
  for (let waited = 0; waited < QUIET_MS; waited += LOOK_EVERY_MS) {
    await sleep(LOOK_EVERY_MS);
    const now = openFiles(subject.pid);
    if (now.all <= least.all) least = now;
  }
  return least;
}

/** Everybody is well until the last parked call has its answer. */
async function drained(): Promise<void> {
  provider.troubled = false;
  const began = performance.now();
  while ((await subject.queue()).waiting > 0 && performance.now() - began < DRAIN_MS) await sleep(LOOK_EVERY_MS);
}

function tell(soak: Soak, queue: Queue): number {
  const { samples, idleBefore, idleAfter } = soak;
  const { grownKiB, memoryGrows, filesLeak, firstP99Ms, lastP99Ms } = verdictOf(soak);
  const middle = samples[Math.floor(samples.length / 2)];
  const most = samples.reduce((peak, each) => Math.max(peak, each.files.all), 0);
  const still = provider.openStreams();
  const lost = queue.waiting + queue.dead > 0;
  const asked = [...counted].filter(([, { calls }]) => calls > 0);
  const isWrong = asked.some(([, { wrong }]) => wrong > 0);
  console.log(`\n${new Date().toISOString().slice(0, 10)}, ${MINUTES} minutes, ${CALLS_PER_SECOND} calls/s\n`);
  const rows: readonly (readonly string[])[] = [
    [
      "memory: first, middle, last sample",
      [samples[0], middle, samples.at(-1)].map((at) => mib(at?.residentKiB)).join(", "),
      "",
    ],
    ["memory: growth along the second half", mib(grownKiB), memoryGrows ? "GROWS" : "flat"],
    ["open files while idle: before", files(idleBefore), ""],
    ["open files while idle: after", files(idleAfter), filesLeak ? "LEAK" : "ok"],
    ["open files: most under load", String(most), ""],
    ["parked calls without an answer", `${queue.waiting} waiting, ${queue.dead} dead`, lost ? "LOST" : "ok"],
    ["calls still open at the provider", String(still), still > 0 ? "LEAK" : "ok"],
    ...(times.length > 0
      ? [["p99 of the first fifth, of the last", `${firstP99Ms.toFixed(0)} ms, ${lastP99Ms.toFixed(0)} ms`, ""]]
      : []),
    ...asked.map(([name, { calls, wrong }]) => [`calls: ${name}`, String(calls), wrong > 0 ? `${wrong} WRONG` : "ok"]),
  ];
  for (const [what, value, verdict] of [["what", "measured", ""], ["---", "---", "---"], ...rows]) {
    console.log(`| ${what} | ${value} | ${verdict} |`);
  }
  for (const [name, { example }] of asked) if (example !== "") console.error(`${name}: ${example}`);
  return memoryGrows || filesLeak || lost || isWrong || still > 0 ? 1 : 0;
}

function mib(kib: number | undefined): string {
  return `${((kib ?? 0) / 1024).toFixed(1)} MiB`;
}

function files({ all, sockets, timers, objects }: Files): string {
  return `${all} (${sockets} sockets, ${timers} timers, ${objects} of objects)`;
}
