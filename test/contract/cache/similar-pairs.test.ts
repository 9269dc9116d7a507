/**
 * How good the embedded comparison is, on pairs of questions that people wrote for it: half of them look alike and mean
 * something else. What it prints stands in docs/decisions/2026-11-21-the-embedded-vectoriser.md.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { differenceBetween } from "../../../src/cache/similar.ts";
import { cosine, embeddedVector } from "../../../src/cache/vectorise.ts";
import { DEFAULT_CACHE } from "../../../src/routing/resolve-cache.ts";

const Pair = z.strictObject({
  a: z.string(),
  b: z.string(),
  same: z.boolean(),
  differs: z.string(),
  language: z.enum(["en", "de", "pt", "es", "fr"]),
  /** Weights, lists and threshold were chosen on `tuning`; nobody looked at `held_out` for that. */
  part: z.enum(["tuning", "held_out"]),
});
type Pair = z.infer<typeof Pair>;

const file = new URL("../../fixtures/similar/pairs.json", import.meta.url);
const pairs = z.array(Pair).parse(JSON.parse(readFileSync(file, "utf8")));

/** What must be refused whatever a vector says. */
const HARD = ["number", "name", "negation", "date", "unit", "subject"];

const gates = {
  "cosine alone": ({ a, b }: Pair, threshold: number) => near(a, b) > threshold,
  "and what must not differ": ({ a, b }: Pair, threshold: number) =>
    near(a, b) > threshold && differenceBetween(a, b, { wordsMustMatch: false }) === null,
  "and the same words": ({ a, b }: Pair, threshold: number) =>
    near(a, b) > threshold && differenceBetween(a, b, { wordsMustMatch: true }) === null,
};

function near(a: string, b: string): number {
  const [one, other] = [embeddedVector(a), embeddedVector(b)];
  return one === null || other === null ? 0 : cosine(one, other);
}

function measured(some: readonly Pair[], accepts: (pair: Pair) => boolean): Record<string, string> {
  const taken = some.filter(accepts);
  const right = taken.filter(({ same }) => same).length;
  return {
    accepted: `${taken.length} of ${some.length}`,
    wrongly: String(taken.length - right),
    precision: taken.length === 0 ? "-" : (right / taken.length).toFixed(3),
    recall: (right / some.filter(({ same }) => same).length).toFixed(3),
  };
}

describe("the pairs", () => {
  it("are at least 200, half of them near misses, in five languages, and none stands there twice", () => {
    expect(pairs.length).toBeGreaterThanOrEqual(200);
    expect(pairs.filter(({ same }) => !same).length).toBeGreaterThanOrEqual(pairs.length / 2);
    expect(new Set(pairs.map(({ language }) => language)).size).toBe(5);
    expect(new Set(pairs.map(({ a, b }) => `${a}\n${b}`)).size).toBe(pairs.length);
    for (const differs of HARD) expect(pairs.filter((pair) => pair.differs === differs).length).toBeGreaterThan(10);
  });
});

describe.each(["tuning", "held_out"] as const)("the %s part", (part) => {
  const some = pairs.filter((pair) => pair.part === part);

  it("is accepted by each gate as the decision says", () => {
    const rows = Object.entries(gates).flatMap(([gate, accepts]) =>
      [0.8, 0.85, 0.9, 0.95].map((threshold) => ({
        gate,
        threshold,
        ...measured(some, (pair) => accepts(pair, threshold)),
      })),
    );
    console.log(`${part}\n${table(rows)}`);
    const kinds = [...new Set(some.map(({ differs }) => differs))].map((differs) => {
      const ofKind = some.filter((pair) => pair.differs === differs);
      const counts = Object.entries(gates).map(([gate, accepts]) => [
        gate,
        ofKind.filter((pair) => accepts(pair, DEFAULT_CACHE.threshold)).length,
      ]);
      return { differs, same: ofKind[0]?.same, pairs: ofKind.length, ...Object.fromEntries(counts) };
    });
    console.log(`${part}, over ${DEFAULT_CACHE.threshold}\n${table(kinds)}`);

    expect(rows).toHaveLength(12);
  });

  it.each(HARD)("has no pair that differs in its %s and is accepted, whatever the cosine says", (differs) => {
    const misses = some.filter((pair) => pair.differs === differs && !pair.same);
    const taken = (wordsMustMatch: boolean): readonly Pair[] =>
      misses.filter(({ a, b }) => differenceBetween(a, b, { wordsMustMatch }) === null);
    // What a vectoriser that knows what words mean would have to see by itself.
    for (const { a, b } of taken(false)) console.log(`${differs}: only the words tell "${a}" from "${b}"`);

    expect(taken(true)).toEqual([]);
  });

  it("has no near miss that the embedded comparison accepts", () => {
    const wrong = some.filter((pair) => !pair.same && gates["and the same words"](pair, DEFAULT_CACHE.threshold));

    expect(wrong).toEqual([]);
  });

  it("has those accepted that differ in how they are written only", () => {
    const written = some.filter(({ differs }) => ["writing", "contraction", "spelling", "copy"].includes(differs));
    const taken = written.filter((pair) => gates["and the same words"](pair, DEFAULT_CACHE.threshold));

    expect(taken.length).toBeGreaterThanOrEqual(written.length * 0.9);
  });
});

function table(rows: readonly object[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  return [Object.keys(first), ...rows.map((row) => Object.values(row))]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}
