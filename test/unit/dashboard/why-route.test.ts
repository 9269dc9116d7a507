/** What the dashboard says of a route. */
import { describe, expect, it } from "vitest";
import type { RouteOverview } from "../../../dashboard/src/view.ts";
import { whyOf } from "../../../dashboard/src/why-route.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const route: RouteOverview = {
  id: "hot/a",
  account: "a",
  status: "closed",
  sinceMs: null,
  untilMs: null,
  why: null,
  last: [],
  errorRate: null,
  p50Ms: null,
  p95Ms: null,
  lastError: null,
  nearLimitUntilMs: null,
  slowUntilMs: null,
  lowQualityUntilMs: null,
};
const preferred = { route: "hot/a", instead: "hot/b", sinceMs: NOW - 1, untilMs: NOW + 1 };

describe("why a route stands as it does", () => {
  it("says who switched it off: the watchdog, as long as that is its own doing, or an operator", () => {
    const killed = { ...route, status: "killed" } as const;
    const acting = { preferred: [], killed: [{ route: "hot/a", atMs: NOW, why: "The same error again" }] };

    expect(whyOf(killed, acting, NOW)).toMatch(
      /^Switched off by the watchdog at .*: The same error again\. Only a person/,
    );
    expect(whyOf({ ...killed, id: "hot/b" }, acting, NOW)).toBe("Switched off by an operator.");
    expect(whyOf(killed, undefined, NOW)).toBe("Switched off by an operator.");
    expect(whyOf(route, acting, NOW)).toBe("");
  });

  it("says for which kinds it is put first, and beside that how it is", () => {
    const acting = {
      killed: [],
      preferred: [
        { ...preferred, kind: "draft" },
        { ...preferred, kind: "auto" },
        { ...preferred, kind: "over", untilMs: NOW },
      ],
    };
    const slow = { ...route, slowUntilMs: NOW + 60_000 };

    expect(whyOf(slow, acting, NOW)).toBe(
      "Put first by the watchdog for draft, auto. Slower than usual: tried after the others for 1 min more.",
    );
  });
});
