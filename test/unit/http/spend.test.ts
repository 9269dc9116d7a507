import { expect, it } from "vitest";
import { showSpend } from "../../../src/http/admin-limits.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { operatorDeps } from "../../support/operator-deps.ts";

const FIRST_OF_A_MONTH = Date.parse("2026-12-01T00:30:00Z");

it.each([
  ["minute,route", "2026-11-29"],
  ["day", "2026-12-01"],
])("what was spent by %s is told from %s on, where nobody names a day", async (by, from) => {
  const deps = operatorDeps({
    clock: createFakeClock(FIRST_OF_A_MONTH),
    ledgerOperator: () => ({
      changeLimits: notAsked,
      settleUnaccounted: notAsked,
      spent: () => Promise.resolve([]),
      view: notAsked,
    }),
  });
  const answer = await showSpend(new Request(`https://lisbon.test/admin/spend?by=${by}`), deps);

  expect(await answer.json()).toEqual({ from, to: "2026-12-01", spend: [] });
});

function notAsked(): never {
  throw new Error("asked what the test did not foresee");
}
