import { describe, expect, it } from "vitest";
import { isDeeperThan } from "../../../src/lib/is-deeper-than.ts";

function lists(levels: number): unknown {
  return JSON.parse("[".repeat(levels) + "]".repeat(levels));
}

describe("isDeeperThan", () => {
  it.each([
    [0, "text", false],
    [0, null, false],
    [0, {}, true],
    [1, { a: 1, b: null }, false],
    [1, { a: 1, b: [] }, true],
    [2, { a: 1, b: [{}] }, true],
    [3, { a: 1, b: [{}] }, false],
  ])("%i levels and %j: %s", (levels, value, deeper) => {
    expect(isDeeperThan(levels, value)).toBe(deeper);
  });

  it("counts to its limit and no further", () => {
    expect(isDeeperThan(200, lists(200))).toBe(false);
    expect(isDeeperThan(200, lists(201))).toBe(true);
    expect(isDeeperThan(200, lists(1_000_000))).toBe(true);
  });
});
