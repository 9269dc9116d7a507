import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NearestVectors } from "../../../src/cache/nearest.ts";
import { cosine } from "../../../src/cache/vectorise.ts";

const DIMENSIONS = 6;
const vector = fc
  .array(fc.integer({ min: -127, max: 127 }), { minLength: DIMENSIONS, maxLength: DIMENSIONS })
  .filter((numbers) => numbers.some((number) => number !== 0))
  .map((numbers) => Int8Array.from(numbers));
const context = fc.constantFrom("a", "b");
const step = fc.record({ id: fc.integer({ min: 1, max: 150 }), context, vector, adds: fc.boolean() });

describe("the vectors in memory", () => {
  it("are those that were added and not removed, and the nearest of them are found", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), context, vector, (steps, wanted, question) => {
        const nearest = new NearestVectors(DIMENSIONS);
        const held = new Map<number, { context: string; vector: Int8Array }>();
        for (const { id, adds, ...one } of steps) {
          if (!adds) {
            nearest.remove(id);
            held.delete(id);
          } else if (!held.has(id)) {
            nearest.add(id, one.context, one.vector);
            held.set(id, one);
          }
        }
        const expected = [...held.values()]
          .filter((one) => one.context === wanted)
          .map((one) => cosine(one.vector, question))
          .filter((similarity) => similarity > 0.2)
          .toSorted((one, other) => other - one)
          .slice(0, 3);
        const found = nearest.near(wanted, question, 0.2, 3);

        expect(nearest.size).toBe(held.size);
        expect(found.map(({ similarity }) => similarity.toFixed(9))).toEqual(expected.map((one) => one.toFixed(9)));
        for (const { id } of found) expect(held.get(id)?.context).toBe(wanted);
      }),
    );
  });

  it("are none of another length", () => {
    const nearest = new NearestVectors(DIMENSIONS);
    nearest.add(1, "a", new Int8Array(3).fill(1));
    nearest.add(2, "a", new Int8Array(DIMENSIONS).fill(1));

    expect(nearest.size).toBe(1);
    expect(nearest.near("a", new Int8Array(3).fill(1), 0, 3)).toEqual([]);
    expect(nearest.near("a", new Int8Array(DIMENSIONS).fill(1), 0.9, 3)).toEqual([{ id: 2, similarity: 1 }]);
  });
});
