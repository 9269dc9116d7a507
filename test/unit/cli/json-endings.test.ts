/** What programs read of the commands that end without asking a Worker. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { showDeployment } from "../../../cli/deploy.ts";
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
      error: { code: "not_run", message: expect.stringContaining("nope") },
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

/** The latest. */
function printed(): unknown {
  return JSON.parse(String(log.mock.lastCall?.[0]));
}
