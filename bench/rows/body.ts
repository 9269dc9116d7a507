/** A long conversation: whoever looks at it must parse it and write it again, once each. */
import { interleave, pairsOf, withCpu } from "../harness/interleave.ts";
import { ratio, type Row } from "../harness/row.ts";

const MESSAGES = Array.from({ length: 400 }, (_, place) => ({
  role: place % 2 === 0 ? ("user" as const) : ("assistant" as const),
  content: "A sentence of a long talk. ".repeat(97),
}));

export const body: Row = {
  name: "body",
  async run({ runs, quick, load, shared }) {
    const parse = await shared("parse");
    const lisbon = await shared("lisbon");
    const count = quick ? 20 : 60;
    const once = (subject: typeof parse) =>
      load.run({ kind: "requests", target: subject.json("fast", MESSAGES), connections: 1, count });
    for (const subject of [parse, lisbon]) await once(subject);
    const measured = await interleave(runs, [parse, lisbon], async (subject) => {
      const { cpuMicros } = await withCpu(
        subject,
        () => once(subject),
        () => count,
      );
      return cpuMicros === null ? null : cpuMicros / 1_000;
    });
    return [
      ratio(
        "CPU of a 1 MiB request, against parse + serialise",
        "ms",
        pairsOf(measured, parse, lisbon, (it) => it),
        2,
      ),
    ];
  },
};
