/** CPU of each event of a stream, on the three ways that it can take, at the pace of a fast model. */
import { interleave, pairsOf, withCpu } from "../harness/interleave.ts";
import { ratio, type Row } from "../harness/row.ts";
import type { BenchKind, Subject } from "../harness/subjects.ts";

const STREAMS = 20;
const EVENTS = 200;
const STREAMED_KINDS = [
  { kind: "fast", what: "CPU per SSE event, pumped", bound: 2 },
  { kind: "checked", what: "CPU per SSE event, checked", bound: 6 },
  { kind: "translated", what: "CPU per SSE event, translated", bound: 6 },
] as const satisfies readonly { kind: BenchKind; what: string; bound: number }[];

export const events: Row = {
  name: "events",
  async run({ runs, quick, load, shared }) {
    const bare = await shared("bare");
    const lisbon = await shared("lisbon");
    const rounds = quick ? 2 : 5;
    const once = async (subject: Subject, kind: BenchKind): Promise<number | null> => {
      const { result, cpuMicros } = await withCpu(
        subject,
        () => load.run({ kind: "streams", target: subject.stream(kind), count: STREAMS, gapMs: 0, rounds }),
        () => STREAMS * rounds * EVENTS,
      );
      const share = result.events / (STREAMS * rounds * EVENTS);
      if (share < 0.95) throw new Error(`only ${Math.round(share * 100)} % of the events of ${kind} arrived`);
      return cpuMicros;
    };
    for (const { kind } of STREAMED_KINDS) {
      await load.run({ kind: "streams", target: lisbon.stream(kind), count: STREAMS, gapMs: 0, rounds: 1 });
    }
    const measured = await interleave(runs, [bare, lisbon], async (subject) => {
      const fast = await once(subject, "fast");
      // A bare Worker has one way for all of them.
      if (subject === bare) return { fast, checked: fast, translated: fast };
      return { fast, checked: await once(subject, "checked"), translated: await once(subject, "translated") };
    });
    return STREAMED_KINDS.map(({ kind, what, bound }) =>
      ratio(
        what,
        "µs",
        pairsOf(measured, bare, lisbon, (it) => it[kind]),
        bound,
      ),
    );
  },
};
