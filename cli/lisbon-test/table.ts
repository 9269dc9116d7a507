/** The rows as text, and what they come to. */
import type { Row } from "./row.ts";

export const TABLE_HEAD = "step      time     limit           what happened";

export function rowText(row: Row): string {
  const [time, limit] = row.verdict === "not_run" ? ["-", "-"] : [seconds(row.ms), seconds(row.limitMs)];
  const words = row.verdict === "ok" ? row.what : `${row.what}: ${row.why}`;
  return [row.step.padEnd(4), time.padStart(9), limit.padStart(9), ` ${WORD[row.verdict].padEnd(8)}`, words]
    .join(" ")
    .trimEnd();
}

const WORD = { ok: "ok", miss: "MISS", not_run: "not run" } as const satisfies Record<Row["verdict"], string>;

/** `0.04 s`: what is measured here is compared with seconds. */
function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export interface Outcome {
  readonly text: string;
  /** 0: everything ok. 1: something was missed. 2: nothing was missed, but not everything could be run. */
  readonly exitCode: 0 | 1 | 2;
}

export function outcomeOf(rows: readonly Row[], tookMs: number): Outcome {
  const count = (verdict: Row["verdict"]): number => rows.filter((row) => row.verdict === verdict).length;
  const [missed, notRun] = [count("miss"), count("not_run")];
  const numbers = [`${count("ok")} ok`, `${missed} missed`, `${notRun} not run`].join(", ");
  const verdict = missed > 0 || rows.length === 0 ? "FAILED" : notRun > 0 ? "INCOMPLETE" : "PASSED";
  return {
    text: `The Lisbon test ${SENTENCE[verdict]}: ${numbers}, in ${Math.round(tookMs / 1000)} s.`,
    exitCode: CODE[verdict],
  };
}

const SENTENCE = { FAILED: "FAILED", INCOMPLETE: "is INCOMPLETE", PASSED: "PASSED" } as const;
const CODE = { FAILED: 1, INCOMPLETE: 2, PASSED: 0 } as const;
