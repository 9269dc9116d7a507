import { describe, expect, it } from "vitest";
import type { Env } from "../../../src/env.ts";
import { settingsOf } from "../../../src/settings-of.ts";

describe("CHAOS=on", () => {
  it.each([
    ["development", true],
    ["staging", true],
    ["production", false],
    [undefined, false],
  ])("where LISBON_ENVIRONMENT is %s: faults and a moved clock are allowed: %s", (environment, allowed) => {
    const variables = { LISBON_ENVIRONMENT: environment, CHAOS: "on", LISBON_CLOCK_AHEAD_MS: "5" };
    // As a Worker's environment with these alone.
    const settings = settingsOf(variables as unknown as Env);

    expect([settings.chaos, settings.clockAheadMs]).toEqual([allowed, allowed ? 5 : 0]);
  });
});
