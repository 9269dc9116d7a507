/** `node bench/tokens/run.ts`: how far the estimate is off, for each text and for all of them; then how long it takes. */
import { estimateTextTokens } from "../../src/ledger/estimate-tokens.ts";
import { median, quantile } from "../harness/statistics.ts";
import { measureAll, SETS, type Measured } from "./measure.ts";

const measured = measureAll();

for (const set of SETS) {
  const texts = measured.filter((text) => text.set === set);
  console.log(`\n${set}: ${texts.length} texts`.padEnd(34), "o200k_base, family openai    cl100k_base, family other");
  for (const { name, newer, older } of texts) {
    console.log(`  ${name.padEnd(30)} ${row(newer)}       ${row(older)}`);
  }
  console.log(`  ${"all".padEnd(30)} ${summary(texts, "newer")}\n${" ".repeat(33)}${summary(texts, "older")}`);
  const shares = texts.map(({ fewest, newer, older }) => fewest / Math.min(newer.real, older.real));
  console.log(
    `${" ".repeat(33)}at least: median ${asShare(median(shares))} of the smaller, most ${asShare(Math.max(...shares))}`,
  );
}
console.log(`\n${nanosecondsPerCharacter().toFixed(2)} ns a character`);

function row({ real, estimated, ratio }: Measured["newer"]): string {
  return `${String(real).padStart(5)} ${String(estimated).padStart(5)} ${asPercent(ratio - 1).padStart(7)}`;
}

function summary(texts: readonly Measured[], which: "newer" | "older"): string {
  const errors = texts.map((text) => text[which].ratio - 1);
  const shares = { median: median(errors), p95: quantile(errors, 0.95), most: Math.max(...errors) };
  const over = Object.entries(shares).map(([name, error]) => `${name} ${asPercent(error)}`);
  return `${which}: ${over.join(", ")}; worst under-estimate ${asPercent(Math.min(0, ...errors))}`;
}

function asPercent(share: number): string {
  return `${share < 0 ? "−" : "+"}${Math.abs(share * 100).toFixed(0)} %`;
}

function asShare(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function nanosecondsPerCharacter(): number {
  const text = "The harbour woke slowly that winter; a few men walked along the quay, checking 12 ropes. ".repeat(
    10_000,
  );
  const times = Array.from({ length: 20 }, () => {
    const began = performance.now();
    estimateTextTokens(text, "openai");
    return ((performance.now() - began) * 1e6) / text.length;
  });
  return median(times);
}
