import { describe, expect, it } from "vitest";
import { faultsAllowed } from "../../../src/settings-of.ts";

describe("CHAOS", () => {
  it.each([
    ["on", "development", true],
    ["on", "staging", true],
    ["on", "production", false],
    ["", "staging", false],
    [undefined, "staging", false],
  ] as const)("%s in %s: faults and a moved clock are allowed: %s", (chaos, environment, allowed) => {
    expect(faultsAllowed(chaos, environment)).toBe(allowed);
  });
});
