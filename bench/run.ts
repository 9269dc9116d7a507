/**
 * `npm run bench`: one table of ratios, each against a bare `fetch(request)`
 * Worker of the same run. How to read it: README.md in this folder.
 *
 *   --quick        two runs in place of five, and less load
 *   --only ROW     one row; may be given several times
 *   --worker FILE  measure another Worker in Lisbon's place
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { claimBelongings } from "./harness/belongings.ts";
import { startLoad, startUpstream } from "./harness/load-process.ts";
import type { Bench, Figure, Row } from "./harness/row.ts";
import { prepareSubjects, type Subject, type SubjectName } from "./harness/subjects.ts";
import { tableOf } from "./harness/table.ts";
import { body } from "./rows/body.ts";
import { continuation } from "./rows/continuation.ts";
import { events } from "./rows/events.ts";
import { failover } from "./rows/failover.ts";
import { firstToken } from "./rows/first-token.ts";
import { json1, json32 } from "./rows/json.ts";
import { memory } from "./rows/memory.ts";
import { money } from "./rows/money.ts";
import { stateCalls } from "./rows/state-calls.ts";
import { startUp, upload } from "./rows/upload.ts";

const ROWS: readonly Row[] = [
  json1,
  json32,
  body,
  events,
  firstToken,
  failover,
  continuation,
  memory,
  upload,
  startUp,
  stateCalls,
  money,
];

const { values } = parseArgs({
  options: { quick: { type: "boolean" }, only: { type: "string", multiple: true }, worker: { type: "string" } },
});
process.exit(await main(values.quick === true, values.only ?? [], values.worker ?? null));

async function main(quick: boolean, only: readonly string[], worker: string | null): Promise<number> {
  const unknown = only.find((name) => !ROWS.some((row) => row.name === name));
  if (unknown !== undefined) {
    console.error(`No row is called ${unknown}. There are: ${ROWS.map(({ name }) => name).join(", ")}.`);
    return 1;
  }
  const began = performance.now();
  const bench = await prepare(quick, worker);
  const figures: Figure[] = [];
  let failed = 0;
  const wanted = ROWS.filter(({ name }) => only.length === 0 || only.includes(name));
  for (const row of wanted.filter(({ lisbonOnly }) => worker === null || lisbonOnly !== true)) {
    console.error(`measuring ${row.name} …`);
    try {
      figures.push(...(await row.run(bench)));
    } catch (cause) {
      failed += 1;
      console.error(`${row.name} could not be measured: ${String(cause)}`);
    }
  }
  const [cpu] = cpus();
  const seconds = Math.round((performance.now() - began) / 1_000);
  console.log(
    `\n${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpu?.model ?? "unknown"}, ${seconds} s,`,
  );
  console.log(`medians of ${bench.runs} interleaved runs${worker === null ? "" : `; ${worker} in Lisbon's place`}\n`);
  console.log(tableOf(figures));
  if (process.platform !== "linux")
    console.log("\nCPU and memory are read from /proc and not measured on this system.");
  return failed === 0 ? 0 : 1;
}

async function prepare(quick: boolean, worker: string | null): Promise<Bench> {
  const belongings = claimBelongings();
  const upstreamUrl = await startUpstream(belongings);
  const subjects = await prepareSubjects(upstreamUrl, worker, belongings);
  const started = new Map<SubjectName, Promise<Subject>>();
  return {
    runs: quick ? 2 : 5,
    quick,
    load: startLoad(belongings),
    upstreamUrl,
    subjects,
    shared(name) {
      const subject = started.get(name) ?? subjects.start(name);
      started.set(name, subject);
      return subject;
    },
  };
}
