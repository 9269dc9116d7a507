/** What `wrangler deploy` would send, and what a new isolate spends before its first request. */
import { gzipSync } from "node:zlib";
import { fineCpuMs } from "../harness/process-stats.ts";
import { added, plain, type Bench, type Pair, type Row } from "../harness/row.ts";
import type { SubjectName } from "../harness/subjects.ts";

export const upload: Row = {
  name: "upload",
  run({ subjects }) {
    return Promise.resolve([plain("minified upload, gzip", "KiB", [gzipSync(subjects.upload).byteLength / 1024], 150)]);
  },
};

/** workerd evaluates the Worker before it listens, so its CPU by then, less a bare Worker's, is the start-up. */
export const startUp: Row = {
  name: "start-up",
  async run(bench) {
    const pairs: Pair[] = [];
    for (let run = 0; run < bench.runs * 2; run++) {
      pairs.push({ bare: await untilListening(bench, "bare"), lisbon: await untilListening(bench, "lisbon") });
    }
    return [added("start-up CPU", "ms", pairs, 30)];
  },
};

async function untilListening({ subjects }: Bench, name: SubjectName): Promise<number | null> {
  const subject = await subjects.start(name);
  const cpu = fineCpuMs(subject.pid);
  await subject.stop();
  return cpu;
}
