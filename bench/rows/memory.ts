/**
 * What an open stream costs in memory. Each run takes new processes: memory
 * that was used once stays with a process, and a second crowd would look free.
 */
import { residentKiB } from "../harness/process-stats.ts";
import { added, type Bench, type Pair, type Row } from "../harness/row.ts";
import type { SubjectName } from "../harness/subjects.ts";

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

async function perStream({ load, subjects }: Bench, name: SubjectName): Promise<number | null> {
  const subject = await subjects.start(name);
  try {
    await load.run({ kind: "streams", target: subject.stream("fast"), count: WARM_UP, gapMs: 0, rounds: 2 });
    const before = residentKiB(subject.pid);
    await load.run({ kind: "hold", target: subject.stream("slow"), count: STREAMS });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const after = residentKiB(subject.pid);
    return before === null || after === null ? null : (after - before) / STREAMS;
  } finally {
    await load.run({ kind: "release" });
    await subject.stop();
  }
}
