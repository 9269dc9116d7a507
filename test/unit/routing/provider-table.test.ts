import { describe, expect, it } from "vitest";
import { PROVIDERS, canonicalProvider, sameVariables } from "../../../src/routing/provider-table.ts";

describe("the provider table", () => {
  it.each([
    ["gemini", "google"],
    ["Gemini ", "google"],
    ["bedrock", "aws-bedrock"],
    ["claude", "anthropic"],
    ["Somebody", "somebody"],
    ["constructor", "constructor"],
  ])("calls %j by the one name %j", (written, canonical) => {
    expect(canonicalProvider(written)).toBe(canonical);
  });

  it("gives no two providers the same name", () => {
    const names = Object.entries(PROVIDERS).flatMap(([name, { aliases }]) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("knows which variables mean the same, the written one first", () => {
    expect(sameVariables("ANTHROPIC_API_KEY")).toEqual(["ANTHROPIC_API_KEY", "ANTHROPIC_KEY"]);
    expect(sameVariables("MY_KEY")).toEqual(["MY_KEY"]);
  });
});
