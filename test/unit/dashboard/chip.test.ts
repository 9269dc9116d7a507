/** The one word beside a route's name on the dashboard. */
import { expect, it } from "vitest";
import { chipOf } from "../../../dashboard/src/chip.ts";

const WELL = { status: "closed", last: [1, 1, 1, 1, 1] } as const;

it("is healthy where calls go and are answered, and is said to fail where most of the latest were not", () => {
  expect(chipOf(WELL, true, false)).toEqual({ state: "good", text: "healthy" });
  expect(chipOf({ ...WELL, last: [] }, true, false)).toEqual({ state: "good", text: "healthy" });
  expect(chipOf({ ...WELL, last: [0, 0, 0, 1, 1, 1] }, true, false)).toEqual({ state: "good", text: "healthy" });
  expect(chipOf({ ...WELL, last: [1, 1, 0, 0, 0] }, true, false)).toEqual({ state: "warn", text: "failed lately" });
});

it("is why no call goes there", () => {
  expect(chipOf(WELL, false, true)).toEqual({ state: "bad", text: "paused" });
  expect(chipOf(WELL, false, false)).toEqual({ state: "bad", text: "not used" });
  expect(chipOf({ ...WELL, status: "half_open" }, false, true)).toEqual({ state: "bad", text: "being probed" });
});
