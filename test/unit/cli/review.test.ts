/** `lisbon review` as its reader sees it; what it makes of the figures is in month-review.test.ts. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { review } from "../../../cli/review.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");
const ADDRESS = { url: "http://127.0.0.1:1", adminKey: "key" };
const NOTHING = { incidents: [], pauses: [], spend: [], budgets: [], changes: [], calls: [], routes: [] };

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("lisbon review", () => {
  it.each([
    ["2026-11", true],
    ["2026-09", true],
    ["2026-08", false],
    ["1999-06", false],
  ])("says of %s whether everything of it is kept still", async (month, complete) => {
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json(NOTHING)));
    const ending = await review({ ...ADDRESS, month }, NOW);

    expect(ending).toMatchObject({ ok: true, value: { json: { month, complete } } });
    expect(ending.ok && (ending.value.asides ?? []).length > 0).toBe(!complete);
  });

  it("has nothing to say of a month that has not begun", async () => {
    expect(await review({ ...ADDRESS, month: "2026-12" }, NOW)).toMatchObject({
      ok: false,
      failure: { kind: "usage", message: "2026-12 has not begun", next: "npx lisbon review --month 2026-11" },
    });
  });

  it("takes what it cannot read for a Lisbon of another version", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ incidents: 3 })));
    expect(await review({ ...ADDRESS, month: "2026-11" }, NOW)).toMatchObject({ failure: { code: "other_version" } });
  });
});
