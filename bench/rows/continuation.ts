/**
 * How long a reader waits where an answer breaks off and another route goes on:
 * from the last word before the cut to the first new one. The next route speaks
 * after 100 ms, then five characters every 20 ms, and begins by repeating the
 * last 60 characters, as it is asked to.
 */
import { added, type Bench, type Figure, type Pair, type Row } from "../harness/row.ts";
import type { Subject } from "../harness/subjects.ts";

/** The next route's own time to its first token. */
const FIRST_TOKEN_MS = 100;
const BOUND_MS = 300;

export const continuation: Row = {
  name: "continuation",
  lisbonOnly: true,
  async run(bench) {
    const subject = await bench.subjects.start("lisbon");
    try {
      return [
        await waited(bench, subject, "continued", "pumped"),
        await waited(bench, subject, "continued-checked", "checked"),
      ];
    } finally {
      await subject.stop();
    }
  },
};

async function waited(
  { runs }: Bench,
  subject: Subject,
  kind: "continued" | "continued-checked",
  way: string,
): Promise<Figure> {
  const pairs: Pair[] = [];
  // Not more than the breaker lets a route break off.
  for (let run = 0; run < Math.min(runs, 2); run++) {
    pairs.push({ bare: FIRST_TOKEN_MS, lisbon: await waitOf(subject, kind) });
  }
  return added(`wait for a continuation, ${way}, against the next route's first token`, "ms", pairs, BOUND_MS);
}

/** Null: it was not gone on with. */
async function waitOf(subject: Subject, kind: "continued" | "continued-checked"): Promise<number | null> {
  const { url, headers, body } = subject.stream(kind);
  const response = await fetch(url, { method: "POST", headers, body });
  let text = "";
  let beforeMs: number | null = null;
  let afterMs: number | null = null;
  for await (const bytes of response.body ?? []) {
    text += new TextDecoder().decode(bytes);
    const now = performance.now();
    if (beforeMs === null && text.includes("word019")) beforeMs = now;
    // Its pieces are cut anywhere, so the first new one is told by what the router says before it.
    if (afterMs === null && text.includes(": continued by ")) afterMs = now;
  }
  const whole = text.includes("[DONE]");
  return whole && beforeMs !== null && afterMs !== null ? afterMs - beforeMs : null;
}
