import { describe, expect, it } from "vitest";
import { errorMark, normaliseErrorText } from "../../../src/breaker/error-text.ts";

describe("two occurrences of the same error", () => {
  it.each([
    ["Request req_011CSHoEeqs5C35K2UUqR7Fy failed", "Request req_011CSHoEfxs9A12B8UUqR7Zz failed"],
    ["internal error at 2026-11-20T21:04:05.123Z", "internal error at 2026-11-21 07:00:00Z"],
    ["trace 3f2504e0-4f89-11d3-9a0c-0305e82c3301 lost", "trace 9a0c04e0-4f89-41d3-9a0c-0305e82c3399 lost"],
    ["took 1,234.5 ms, 3 retries", "took 17 ms, 12 retries"],
    ["Deployment  gpt-x\nnot ready", "deployment gpt-x not ready"],
  ])("have one text: %s", (left, right) => {
    expect(normaliseErrorText(left)).toBe(normaliseErrorText(right));
  });

  it("and two errors have two", () => {
    expect(normaliseErrorText("deployment not ready")).not.toBe(normaliseErrorText("deployment not found"));
  });

  it("are marked by a hash that holds nothing of what the provider said", () => {
    const mark = errorMark({ status: 501, detail: "unsupported request 17, prompt: patient Mary" });

    expect(mark).toMatch(/^501 #[0-9a-f]{8}$/);
    expect(mark).toBe(errorMark({ status: 501, detail: "unsupported request 23, prompt: patient Mary" }));
    expect(mark).not.toBe(errorMark({ status: 501, detail: "unsupported request 17, prompt: patient John" }));
  });

  it("have a text of bounded length, in bounded time", () => {
    const started = performance.now();
    expect(normaliseErrorText("a1".repeat(500_000)).length).toBeLessThanOrEqual(120);
    expect(normaliseErrorText("- _".repeat(500_000)).length).toBeLessThanOrEqual(120);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
