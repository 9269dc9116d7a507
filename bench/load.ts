/** The clients, in a process of their own: kept-alive connections, as many at a time as asked for, and a clock. */
import { Agent, request as begin, type ClientRequest } from "node:http";
import { assertNever } from "../src/lib/assert-never.ts";
import type { LoadCommand, LoadReport, Target } from "./harness/load-process.ts";

const agent = new Agent({ keepAlive: true, maxSockets: Infinity, scheduling: "fifo" });
let held: ClientRequest[] = [];

process.on("message", (command: LoadCommand) => {
  void run(command)
    .catch((cause: unknown): LoadReport => ({ timesMs: [], events: 0, failures: [String(cause)] }))
    .then((done) => process.send?.(JSON.stringify(done)));
});
process.on("disconnect", () => process.exit(0));

function run(command: LoadCommand): Promise<LoadReport> {
  switch (command.kind) {
    case "requests":
      return requests(command.target, command.connections, command.count);
    case "paced":
      return paced(command.target, command.everyMs, command.count);
    case "streams":
      return streams(command.target, command.count, command.gapMs, command.rounds);
    case "first-words":
      return firstWords(command.target);
    case "hold":
      return hold(command.target, command.count);
    case "release":
      return release();
    default:
      return assertNever(command);
  }
}

interface Answer {
  readonly totalMs: number;
  /** Until the first words; null where none came. */
  readonly firstMs: number | null;
  readonly events: number;
  readonly failure: string | null;
}

/** `onFirst`: called with the first words, for those who do not wait for the last. */
function ask(target: Target, onFirst?: (request: ClientRequest) => void): Promise<Answer> {
  const start = performance.now();
  let firstMs: number | null = null;
  let events = 0;
  return new Promise((resolve) => {
    const end = (failure: string | null): void =>
      resolve({ totalMs: performance.now() - start, firstMs, events, failure });
    const request = begin(target.url, { method: "POST", agent, headers: target.headers }, (response) => {
      let text = "";
      response.on("data", (piece: Buffer) => {
        if (response.statusCode !== 200) text += piece.toString();
        if (firstMs === null && piece.includes(WORD)) {
          firstMs = performance.now() - start;
          onFirst?.(request);
        }
        events += occurrences(piece, WORD);
      });
      response.on("end", () =>
        end(response.statusCode === 200 ? null : `${response.statusCode} ${text.slice(0, 300)}`),
      );
      response.on("error", (cause) => end(String(cause)));
    });
    request.on("error", (cause) => end(String(cause)));
    request.end(target.body);
  });
}

/** Once in each event with words. One that a read cuts in two is not counted; there are few. */
const WORD = Buffer.from(" word");

function occurrences(piece: Buffer, word: Buffer): number {
  let found = 0;
  for (let at = piece.indexOf(word); at !== -1; at = piece.indexOf(word, at + word.length)) found += 1;
  return found;
}

async function requests(target: Target, connections: number, count: number): Promise<LoadReport> {
  const answers: Answer[] = [];
  let begun = 0;
  const work = async (): Promise<void> => {
    while (begun++ < count) answers.push(await ask(target));
  };
  await Promise.all(Array.from({ length: connections }, work));
  return report(answers, (answer) => answer.totalMs);
}

async function paced(target: Target, everyMs: number, count: number): Promise<LoadReport> {
  const answers: Promise<Answer>[] = [];
  const start = performance.now();
  for (let place = 0; place < count; place++) {
    await sleep(start + place * everyMs - performance.now());
    answers.push(ask(target));
  }
  return report(await Promise.all(answers), (answer) => answer.totalMs);
}

async function streams(target: Target, count: number, gapMs: number, rounds: number): Promise<LoadReport> {
  const answers: Answer[] = [];
  for (let round = 0; round < rounds; round++) {
    const open: Promise<Answer>[] = [];
    const start = performance.now();
    for (let place = 0; place < count; place++) {
      if (gapMs > 0) await sleep(start + place * gapMs - performance.now());
      open.push(ask(target));
    }
    answers.push(...(await Promise.all(open)));
  }
  return report(answers, (answer) => answer.firstMs ?? Number.NaN);
}

async function firstWords(target: Target): Promise<LoadReport> {
  const start = performance.now();
  const early = await new Promise<Answer | null>((resolve) => {
    void ask(target, (request) => {
      resolve(null);
      request.destroy();
    }).then(resolve);
  });
  return { timesMs: [performance.now() - start], events: 1, failures: early?.failure ? [early.failure] : [] };
}

/** Opens streams and leaves them open; returns when all of them have said something. */
async function hold(target: Target, count: number): Promise<LoadReport> {
  const firsts: Promise<Answer | null>[] = [];
  for (let place = 0; place < count; place++) {
    firsts.push(
      new Promise((resolve) => {
        void ask(target, (request) => {
          held.push(request);
          resolve(null);
        }).then(resolve);
      }),
    );
    await sleep(5);
  }
  const endedEarly = (await Promise.all(firsts)).filter((answer) => answer !== null);
  return report(endedEarly, (answer) => answer.totalMs);
}

function release(): Promise<LoadReport> {
  for (const stream of held) stream.destroy();
  held = [];
  return Promise.resolve({ timesMs: [], events: 0, failures: [] });
}

function report(answers: readonly Answer[], time: (answer: Answer) => number): LoadReport {
  const failures = answers.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  return {
    timesMs: answers.map(time),
    events: answers.reduce((sum, { events }) => sum + events, 0),
    failures: failures.slice(0, 3),
  };
}

function sleep(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
