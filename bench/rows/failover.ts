/**
 * A route that answers 429, and the next one. The price of the failed attempt
 * is in the figure: it answers at once. Each run takes a new process, because
 * a breaker that has opened stays open.
 */
import { added, plain, type Bench, type Pair, type Row } from "../harness/row.ts";
import { median } from "../harness/statistics.ts";
import type { Subject } from "../harness/subjects.ts";

/** Five failures open the breaker, and a report may be on its way for a second. */
const FAILURES = 8;
const SEEN_MS = 1_500;
const CALLS = 30;

export const failover: Row = {
  name: "failover",
  lisbonOnly: true,
  async run(bench) {
    const pairs: Pair[] = [];
    const attempts: number[] = [];
    for (let run = 0; run < bench.runs; run++) {
      const subject = await bench.subjects.start("lisbon");
      try {
        await firstTokens(bench, subject, "steady", 10);
        const own = median(await firstTokens(bench, subject, "steady", 5));
        const [after] = await firstTokens(bench, subject, "failover", 1);
        pairs.push({ bare: own, lisbon: after ?? null });

        await firstTokens(bench, subject, "failover", FAILURES);
        await new Promise((resolve) => setTimeout(resolve, SEEN_MS));
        const before = await refused(bench);
        await firstTokens(bench, subject, "failover", CALLS);
        attempts.push((await refused(bench)) - before);
      } finally {
        await subject.stop();
      }
    }
    return [
      added("first token after a failed attempt, against the next route's own", "ms", pairs, 10),
      plain(`attempts in ${CALLS} calls at a route whose breaker is open`, "", attempts, 0),
    ];
  },
};

async function firstTokens(
  { load }: Bench,
  subject: Subject,
  kind: "steady" | "failover",
  count: number,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let call = 0; call < count; call++) {
    times.push(...(await load.run({ kind: "first-words", target: subject.stream(kind) })).timesMs);
  }
  return times;
}

async function refused({ upstreamUrl }: Bench): Promise<number> {
  return Number(await (await fetch(`${upstreamUrl}/refused`)).text());
}
