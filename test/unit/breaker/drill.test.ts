import { describe, expect, it } from "vitest";
import { Drill } from "../../../src/breaker/drill.ts";

const HOUR = 3_600_000;
const FAULT = "unreachable";

describe("a drill", () => {
  it("is known of while it is on, and for as long as is asked after its end", () => {
    const drill = new Drill();
    expect(drill.isOrWas(HOUR, 0)).toBe(false);

    drill.change({ "hot/a": FAULT }, 0);
    expect(drill.isOrWas(HOUR, 0)).toBe(true);
    expect(drill.isOrWas(HOUR, 2 * HOUR)).toBe(true);

    drill.change({ "hot/a": null }, 2 * HOUR);
    expect(drill.isOrWas(HOUR, 3 * HOUR - 1)).toBe(true);
    expect(drill.isOrWas(HOUR, 3 * HOUR)).toBe(false);
  });

  it("that ended by itself is known of for as long", () => {
    const drill = new Drill();
    drill.change({ "hot/a": FAULT }, 0);
    expect(drill.endPast(HOUR)).toBe(true);

    expect(drill.isOrWas(HOUR, 2 * HOUR - 1)).toBe(true);
    expect(drill.isOrWas(HOUR, 2 * HOUR)).toBe(false);
  });
});
