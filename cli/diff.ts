/** `lisbon diff A B`: what a change of the routing map means, for whoever reviews it. It judges nothing: see `lisbon check`. */
import { mapErrorLines } from "./check.ts";
import { compareMaps } from "./map-diff/compare-maps.ts";
import { describeDiff } from "./map-diff/describe-diff.ts";
import { readMapFile } from "./read-map.ts";

export interface DiffOptions {
  readonly before: string;
  readonly after: string;
  readonly json?: true;
}

/** The exit code: 1 where one of the two cannot be read. */
export function diff(options: DiffOptions): number {
  const before = readMapFile(options.before);
  const after = readMapFile(options.after);
  if (!before.ok || !after.ok) {
    const lines = [before, after].flatMap((read) => (read.ok ? [] : mapErrorLines(read.failure)));
    const next = "npx lisbon check FILE says what a map needs.";
    if (options.json) console.log(JSON.stringify({ ok: false, problems: lines, next }, null, 2));
    else console.error([...lines, next].join("\n"));
    return 1;
  }
  const difference = compareMaps(before.value, after.value);
  if (options.json) {
    console.log(JSON.stringify({ ok: true, before: options.before, after: options.after, ...difference }, null, 2));
  } else {
    console.log([`${options.before} → ${options.after}`, ...describeDiff(difference)].join("\n"));
  }
  return 0;
}
