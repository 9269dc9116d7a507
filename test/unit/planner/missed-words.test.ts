import { describe, expect, it } from "vitest";
import { chanceWords, perMonthWords } from "../../../planner/missed-words.ts";

describe("how often a deadline is missed", () => {
  it.each([
    [0, "none"],
    [100, "100 %"],
    [12.345, "12.3 %"],
    [1, "1 %"],
    [0.999, "1 in 100"],
    [0.05, "1 in 2,000"],
    [0.000_101, "1 in 990,000"],
    [0.000_100_4, "1 in 1 million"],
    [0.000_003_2, "1 in 31 million"],
    [0.000_000_032, "1 in 3.1 billion"],
    [1e-11, "next to none"],
  ])("is, of the calls, %s %% as %s", (percent, words) => {
    expect(chanceWords(percent)).toBe(words);
  });

  it.each([
    [0, "none"],
    [12_345, "about 12,000 a month"],
    [2.3, "about 2 a month"],
    [0.75, "about 1 a month"],
    [0.5, "about 1 in 2 months"],
    [1 / 23, "about 1 in 23 months"],
    [1 / 24, "about 1 in 2 years"],
    [1 / 1_200, "about 1 in 100 years"],
    [0.000_014, "fewer than 1 in 100 years"],
  ])("is %s a month as %s", (calls, words) => {
    expect(perMonthWords(calls)).toBe(words);
  });
});
