/** One line of `lisbon doctor`. */
import type { Paint, Style } from "../screen/paint.ts";
import { harmless, shortened } from "../screen/table.ts";

export interface Looked {
  /** `skipped`: nobody looked, and why is said. */
  readonly verdict: "ok" | "warn" | "wrong" | "skipped";
  readonly what: string;
  readonly said: string;
  /** What to do; absent: nothing. */
  readonly next?: string;
}

const STYLES = { ok: "good", warn: "warn", wrong: "bad", skipped: "dim" } as const satisfies Record<
  Looked["verdict"],
  Style
>;

/** The longest name of a variable; a route's id may be longer. */
const MOST_NAME = 27;

export function lookedLines(found: readonly Looked[], paint: Paint): readonly string[] {
  const wide = Math.max(0, ...found.map(({ what }) => what.length));
  const number = (verdict: Looked["verdict"]): number => found.filter((one) => one.verdict === verdict).length;
  return [
    ...found.flatMap(({ verdict, what, said, next }) => [
      `${paint(STYLES[verdict], (verdict === "skipped" ? "-" : verdict).padEnd(5))}  ${what.padEnd(Math.min(wide, MOST_NAME))}  ${shortened(harmless(said), 160)}`,
      ...(next === undefined ? [] : [`       ${next}`]),
    ]),
    "",
    number("wrong") + number("warn") === 0
      ? "Nothing is wrong."
      : `${number("wrong")} wrong, ${number("warn")} to look at, ${number("ok")} ok.`,
  ];
}
