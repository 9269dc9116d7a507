/** What programs read of the commands that end without asking a Worker. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { showDeployment } from "../../../cli/deploy.ts";
import { check } from "../../../cli/check.ts";
import { diff } from "../../../cli/diff.ts";
import { plan } from "../../../cli/plan.ts";
import { lisbonTest } from "../../../cli/test.ts";
import { drill } from "../../../cli/drill.ts";
import { fail, ok } from "../../../src/lib/result.ts";

const log = vi.spyOn(console, "log");

afterEach(() => {
  log.mockReset();
});

describe("with --json the one thing on stdout is an object", () => {
  it("of a drill that was not run", async () => {
    log.mockReturnValue();
    expect(await drill({ scenario: "nope", json: true })).toBe(2);

    expect(printed()).toMatchObject({
      ok: false,
      error: { code: "not_run", message: expect.stringContaining("nope"), next: expect.stringContaining("--list") },
    });
  });

  it("of the scenarios that there are", async () => {
    log.mockReturnValue();
    expect(await drill({ scenario: undefined, list: true, json: true })).toBe(0);

    expect(printed()).toMatchObject({ ok: true, scenarios: expect.arrayContaining([expect.anything()]) });
  });

  it("of a deployment, with the way back as what to do next", () => {
    log.mockReturnValue();
    const codes = [ok("It serves."), fail("A call failed.\nBack: npx lisbon rollback staging")].map((outcome) => {
      const code = showDeployment(outcome, { json: true });
      return [code, printed()];
    });

    expect(codes).toEqual([
      [0, { ok: true, said: "It serves." }],
      [
        1,
        {
          ok: false,
          error: {
            code: "not_deployed",
            message: "A call failed.\nBack: npx lisbon rollback staging",
            next: "Back: npx lisbon rollback staging",
          },
        },
      ],
    ]);
  });
});

describe("whatever goes wrong, people are told what to do", () => {
  it.each([
    ["a drill", () => drill({ scenario: undefined }), "npx lisbon drill --list says what there is."],
    ["a test", () => lisbonTest({ url: "nowhere" }), "Give one such as --url https://…"],
    ["a diff", () => diff({ before: "no.json", after: "no.json" }), "npx lisbon check FILE says what a map needs."],
    ["a check", () => check({ file: "no.json", mapOnly: true }), "Name a file that is there."],
    [
      "a plan",
      () => plan({ map: "no.json", set: [] }),
      "npx lisbon check FILE says what a map needs; another one: --map FILE",
    ],
    [
      "a deployment",
      () => showDeployment(fail("It failed."), {}),
      "docs/deploy.md says how it is done, and the way back.",
    ],
  ])("on the last line of %s", async (_what, run, next) => {
    const error = vi.spyOn(console, "error").mockReturnValue();
    const code = await run();
    const told = error.mock.calls.map(([line]) => String(line)).join("\n");
    error.mockRestore();

    expect(code).toBeGreaterThan(0);
    expect(told.split("\n").length).toBeGreaterThan(1);
    expect(told.split("\n").at(-1)).toBe(next);
  });
});

/** The latest. */
function printed(): unknown {
  return JSON.parse(String(log.mock.lastCall?.[0]));
}
