import { describe, expect, it } from "vitest";
import { readDelayExpression } from "../../../dev/qstash/delay-expression.ts";
import { durationMs } from "../../../dev/qstash/duration.ts";

describe("a retry delay expression", () => {
  it.each([
    ["1000", 4, 1000],
    ["1000 * (1 + retried)", 2, 3000],
    ["max(1000, pow(2, retried) * 100)", 5, 3200],
    ["-1 + 2*3 - 4/2", 0, 3],
    ["2^3^0 % 2 + floor(1.7)", 0, 1],
    ["min(round(exp(1)), sqrt(abs(-4)))", 0, 2],
  ])("%s after %i retries is %i ms", (text, retried, ms) => {
    expect(readDelayExpression(text)?.(retried)).toBe(ms);
  });

  it.each(["", "1 +", "pow(2)", "min(1, 2, 3)", "(1", "1)", "tries * 2", "constructor(1)", "1; 2", "* 2", "1 2"])(
    "is none in %j",
    (text) => {
      expect(readDelayExpression(text)).toBeUndefined();
    },
  );
});

describe("a duration", () => {
  it.each([
    ["10s", 10_000],
    ["1d10h30m", 124_200_000],
    ["10", undefined],
    ["1.5h", undefined],
    ["", undefined],
  ])("%j is %j ms", (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });
});
