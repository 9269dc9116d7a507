import * as z from "zod/mini";
import { describe, expect, it } from "vitest";
import { forgiving } from "../../../src/lib/forgiving.ts";

describe("a forgiving schema", () => {
  const Usage = z.looseObject({
    tokens: forgiving(z.optional(z.number()), undefined),
    names: forgiving(z.array(z.string()), []),
  });

  it("reads what fits as it came", () => {
    expect(Usage.parse({ tokens: 3, names: ["a"], more: true })).toEqual({ tokens: 3, names: ["a"], more: true });
  });

  it("reads what does not fit, and what is missing, as what stands for it", () => {
    expect(Usage.parse({ tokens: "3", names: [1] })).toEqual({ tokens: undefined, names: [] });
    expect(Usage.parse({})).toEqual({ names: [] });
  });
});
