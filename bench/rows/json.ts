/** An answer that is not streamed: CPU for each, and the time that a caller waits. */
import { interleave, pairsOf, withCpu } from "../harness/interleave.ts";
import { added, ratio, type Row } from "../harness/row.ts";
import { quantile } from "../harness/statistics.ts";

const WARM_UP = 400;

/** The bound with everything that the Worker does; 1.7 was that of the call alone, without budgets, quality and records. */
const MOST_CPU = 1.9;

export const json1 = jsonRow("json-1", 1, 800, { cpu: MOST_CPU, addedP50Ms: 0.35, p99: 1.5 });
/** With 32 at a time the clients share the machine with the Worker: only the CPU has a bound. */
export const json32 = jsonRow("json-32", 32, 3_000, { cpu: MOST_CPU, addedP50Ms: null, p99: null });

interface Bounds {
  readonly cpu: number;
  readonly addedP50Ms: number | null;
  readonly p99: number | null;
}

function jsonRow(name: string, connections: number, count: number, bounds: Bounds): Row {
  return {
    name,
    async run({ runs, load, shared }) {
      const bare = await shared("bare");
      const lisbon = await shared("lisbon");
      for (const subject of [bare, lisbon]) {
        await load.run({ kind: "requests", target: subject.json("fast"), connections, count: WARM_UP });
      }
      const measured = await interleave(runs, [bare, lisbon], async (subject) => {
        const { result, cpuMicros } = await withCpu(
          subject,
          () => load.run({ kind: "requests", target: subject.json("fast"), connections, count }),
          () => count,
        );
        return { cpuMicros, p50: quantile(result.timesMs, 0.5), p99: quantile(result.timesMs, 0.99) };
      });
      const at = connections === 1 ? "1 connection" : `${connections} connections`;
      return [
        ratio(
          `CPU per JSON request, ${at}`,
          "µs",
          pairsOf(measured, bare, lisbon, (it) => it.cpuMicros),
          bounds.cpu,
        ),
        added(
          `p50 of JSON requests, ${at}`,
          "ms",
          pairsOf(measured, bare, lisbon, (it) => it.p50),
          bounds.addedP50Ms,
        ),
        ratio(
          `p99 of JSON requests, ${at}`,
          "ms",
          pairsOf(measured, bare, lisbon, (it) => it.p99),
          bounds.p99,
        ),
      ];
    },
  };
}
