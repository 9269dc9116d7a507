/** How much later the first words come, with a hundred streams open or opening. */
import { interleave, pairsOf } from "../harness/interleave.ts";
import { added, type Row } from "../harness/row.ts";
import { quantile } from "../harness/statistics.ts";

const STREAMS = 100;
const GAP_MS = 10;

export const firstToken: Row = {
  name: "first-token",
  async run({ runs, load, shared }) {
    const bare = await shared("bare");
    const lisbon = await shared("lisbon");
    const measured = await interleave(runs, [bare, lisbon], async (subject) => {
      const target = subject.stream("steady");
      const { timesMs } = await load.run({ kind: "streams", target, count: STREAMS, gapMs: GAP_MS, rounds: 1 });
      return { p50: quantile(timesMs, 0.5), p95: quantile(timesMs, 0.95) };
    });
    return [
      added(
        "first token at 100 streams, p50",
        "ms",
        pairsOf(measured, bare, lisbon, (it) => it.p50),
        5,
      ),
      added(
        "first token at 100 streams, p95",
        "ms",
        pairsOf(measured, bare, lisbon, (it) => it.p95),
        5,
      ),
    ];
  },
};
