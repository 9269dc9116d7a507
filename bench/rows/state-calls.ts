/**
 * The switchboard is asked and told in the background. Counted between Lisbon
 * and its Durable Objects, once as it is and once with 40 ms put into every
 * call, as a far-away object would take.
 */
import type { LoadReport } from "../harness/load-process.ts";
import { interleave, pairsOf } from "../harness/interleave.ts";
import { added, plain, type Bench, type Figure, type Row } from "../harness/row.ts";
import { quantile } from "../harness/statistics.ts";
import type { Subject } from "../harness/subjects.ts";

const INJECTED_MS = 40;
const IDLE_MS = 5_200;

export const stateCalls: Row = {
  name: "state-calls",
  lisbonOnly: true,
  async run(bench) {
    return [...(await figuresWith(bench, 0)), ...(await figuresWith(bench, INJECTED_MS))];
  },
};

async function figuresWith(bench: Bench, injectedMs: number): Promise<readonly Figure[]> {
  const { load, quick } = bench;
  const note = injectedMs === 0 ? "" : `, ${injectedMs} ms in every call`;
  const bare = await bench.shared("bare");
  const counted = await bench.subjects.start("counted", { INJECTED_MS: String(injectedMs) });
  try {
    await load.run({ kind: "requests", target: counted.json("fast"), connections: 1, count: 200 });
    const warm = await counting(counted, () =>
      load.run({ kind: "paced", target: counted.json("fast"), everyMs: 20, count: (quick ? 4 : 10) * 50 }),
    );
    const times = await interleave(bench.runs, [bare, counted], async (subject) => {
      const report = await load.run({ kind: "requests", target: subject.json("fast"), connections: 1, count: 300 });
      return quantile(report.timesMs, 0.5);
    });
    const pairs = pairsOf(times, bare, counted, (p50) => p50);
    return [
      plain(`state calls per request at 50 requests/s${note}`, "", [warm.calls / warm.requests], 0.05),
      added(`p50 of JSON requests, warm${note}`, "ms", pairs, injectedMs > 0 ? 1 : null),
      ...(injectedMs > 0 ? await awaitedFigures(bench, counted, warm, injectedMs) : []),
    ];
  } finally {
    await counted.stop();
  }
}

/** Only with time put in can it be told who waited: else a call in the background may have ended before the reply. */
async function awaitedFigures(
  { load, quick }: Bench,
  counted: Subject,
  warm: Counts,
  injectedMs: number,
): Promise<readonly Figure[]> {
  const roundTrips: number[] = [];
  for (let call = 0; call < (quick ? 1 : 3); call++) {
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const { timesMs } = await load.run({ kind: "requests", target: counted.json("fast"), connections: 1, count: 1 });
    // In parallel they cost one round trip, however many they are: so the time says it, not the count.
    roundTrips.push(Math.floor((timesMs[0] ?? Number.NaN) / injectedMs));
  }
  return [
    plain("awaited state calls per request, warm", "", [warm.awaited / warm.requests], 0),
    plain("awaited round trips per request, one request per 5 s", "", roundTrips, 1),
  ];
}

interface Counts {
  readonly requests: number;
  readonly calls: number;
  readonly awaited: number;
  readonly failures: readonly string[];
}

async function counting(subject: Subject, work: () => Promise<LoadReport>): Promise<Counts> {
  const before = await countsOf(subject);
  await work();
  const after = await countsOf(subject);
  // An object that is away is soon waited for by nobody: the figures would be too good.
  if (after.failures.length > 0) throw new Error(`state calls failed: ${after.failures.slice(0, 3).join("; ")}`);
  return {
    requests: after.requests - before.requests,
    calls: after.calls - before.calls,
    awaited: after.awaited - before.awaited,
    failures: after.failures,
  };
}

async function countsOf(subject: Subject): Promise<Counts> {
  const counts: Counts = JSON.parse(await (await fetch(`${subject.url}/counts`)).text()); // from bench/workers/counted.ts
  return counts;
}
