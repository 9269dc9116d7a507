/** What `wrangler deploy` would send, and what a new isolate spends before its first request. */
import { gzipSync } from "node:zlib";
import { fineCpuMs } from "../harness/process-stats.ts";
import { added, plain, type Bench, type Figure, type Pair, type Row } from "../harness/row.ts";
import type { Subjects, Uploaded } from "../harness/subjects.ts";

const MOST_KIB = 150;

export const upload: Row = {
  name: "upload",
  run({ subjects }) {
    return Promise.resolve(
      uploadedOf(subjects).map(([part, script]) =>
        plain(`minified upload of the ${part}, gzip`, "KiB", [gzipSync(script).byteLength / 1024], MOST_KIB),
      ),
    );
  },
};

/**
 * workerd evaluates the Worker before it listens, so its CPU by then, less a
 * bare Worker's, is the start-up. A caller waits for the router's; the others'
 * come before an object's first answer, which no warm call waits for.
 */
export const startUp: Row = {
  name: "start-up",
  async run(bench) {
    const figures: Figure[] = [];
    for (const [part] of uploadedOf(bench.subjects)) {
      const pairs: Pair[] = [];
      for (let run = 0; run < bench.runs * 2; run++) {
        pairs.push({ bare: await untilListening(bench, "bare"), lisbon: await untilListening(bench, part) });
      }
      figures.push(added(`start-up CPU of the ${part}`, "ms", pairs, part === "router" ? 30 : null));
    }
    return figures;
  },
};

/** The router first; a stand-in has nothing else. */
function uploadedOf({ uploads: { router, jobs, state } }: Subjects): readonly (readonly [Uploaded, string])[] {
  return [
    ...(router === undefined ? [] : [["router", router] as const]),
    ...(jobs === undefined ? [] : [["jobs", jobs] as const]),
    ...(state === undefined ? [] : [["state", state] as const]),
  ];
}

async function untilListening({ subjects }: Bench, name: "bare" | Uploaded): Promise<number | null> {
  const workerd = await subjects.startAlone(name);
  const cpu = fineCpuMs(workerd.pid);
  await workerd.stop();
  return cpu;
}
