/**
 * What an open stream holds, garbage not counted. Each run takes new processes:
 * memory that was used once stays with one, and a second crowd would look free.
 */
import { residentKiB } from "../harness/process-stats.ts";
import { added, type Bench, type Pair, type Row } from "../harness/row.ts";
import type { Subject } from "../harness/subjects.ts";

const STREAMS = 200;
const WARM_UP = 40;

export const memory: Row = {
  name: "memory",
  async run(bench) {
    const pairs: Pair[] = [];
    for (let run = 0; run < Math.min(bench.runs, 3); run++) {
      pairs.push({ bare: await perStream(bench, "bare"), lisbon: await perStream(bench, "lisbon") });
    }
    return [added("memory per open stream", "KiB", pairs, 64)];
  },
};

async function perStream({ load, subjects }: Bench, name: "bare" | "lisbon"): Promise<number | null> {
  const subject = await subjects.startCollecting(name);
  try {
    await load.run({ kind: "streams", target: subject.stream("fast"), count: WARM_UP, gapMs: 0, rounds: 2 });
    const before = await collectedKiB(subject);
    await load.run({ kind: "hold", target: subject.stream("slow"), count: STREAMS });
    const after = await collectedKiB(subject);
    return before === null || after === null ? null : (after - before) / STREAMS;
  } finally {
    await load.run({ kind: "release" });
    await subject.stop();
  }
}

/** More than once: what the first collection finalises, the next one frees. */
async function collectedKiB(subject: Subject): Promise<number | null> {
  for (let time = 0; time < 3; time++) {
    await fetch(`${subject.url}/collect`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return residentKiB(subject.pid);
}
