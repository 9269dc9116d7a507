/** The trail as the dashboard tells it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { changeInWords } from "../../../dashboard/src/change-words.ts";

function said(what: string, detail: unknown = "", status = 200): string {
  const text = typeof detail === "string" ? detail : JSON.stringify(detail);
  return changeInWords({ at: "", who: "admin", what, detail: text, status });
}

const END = { kind: "auto", routeId: "free" };

describe("a change in words", () => {
  it.each([
    [
      "POST /admin/flags",
      { flags: { a: false, b: null }, routes: { r: true } },
      "switched a off, b back to what the map says, r on",
    ],
    ["POST /admin/pause", "", "paused everything"],
    ["POST /admin/pause", { provider: "openai", reason: "Bill" }, "paused openai: Bill"],
    ["POST /budget/resume", { provider: "openai" }, "resumed openai"],
    ["POST /admin/breakers/reset", { route: "r" }, "closed the breaker of r"],
    ["POST /admin/breakers/reset", { account: "a:KEY" }, "let the account a:KEY back"],
    ["POST /admin/breakers/reset", { loop: "all" }, "let all blocked requests through again"],
    ["POST /admin/jobs/job_1/answer", "", "answered job_1"],
    ["POST /admin/jobs/retry-dead", "", "retried all dead jobs"],
    ["POST /admin/keys/key_1/revoke", "", "revoked the key key_1"],
    ["POST /admin/limits", { scope: "all", limits: null }, "changed the limits of all"],
    ["DELETE /admin/cache", "?tenant=acme&user=u1", "erased what was kept of u1 of acme"],
    ["POST /admin/watch/release", "?kind=draft", "ended what the watchdog had put first for calls of draft"],
    ["kill", { routeId: "r", why: "Again" }, "switched r off: Again"],
    [
      "prefer_free_ended",
      { ...END, why: "time_is_over" },
      "ended that free is first for calls of no kind (auto): its time was over",
    ],
  ])("%s %j: %s", (what, detail, words) => {
    expect(said(what, detail)).toBe(words);
  });

  it("says that it was only tried where it was refused or failed", () => {
    expect(said("POST /admin/pause", "", 503)).toBe("tried to pause everything");
  });

  it("is as it was sent where nobody knows it, and says what it can of a body that was cut off", () => {
    expect(said("POST /admin/new", "{}")).toBe("POST /admin/new {}");
    expect(said("POST /admin/limits", '{"scope":"al')).toBe("changed the limits of …");
    expect(said("POST /admin/flags", "null")).toBe("switched flags or routes");
  });

  it("is there for every path that changes something", () => {
    const paths = [
      ...readFileSync("src/app.ts", "utf8").matchAll(/app\.(post|delete)\("(\/(?:admin|budget\/resume)[^"]*)"/g),
    ];
    const whats = paths.map(([, method = "", path = ""]) => `${method.toUpperCase()} ${path.replace(":id", "x_1")}`);

    expect(whats.length).toBeGreaterThan(15);
    expect(whats.filter((what) => said(what, "{}") === `${what} {}`)).toEqual([]);
  });
});
