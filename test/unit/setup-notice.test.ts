import { describe, expect, it } from "vitest";
import { setupNotice } from "../../src/setup-notice.ts";
import { routingWith } from "../support/routing-with.ts";

const HOT = [{ id: "on", provider: "openai", model: "gpt-4.1", key: "${K}" }];

function told(map: object, variables: Readonly<Record<string, string>> = {}) {
  return setupNotice(
    routingWith({ hot: HOT, ...map }, (name) => ({ K: "key", ...variables })[name]),
    0,
  );
}

describe("whoever deployed is told", () => {
  it("nothing where everything is set", () => {
    const map = { cold: { notify: ["${SLACK_WEBHOOK_URL}", "ops@example.com"] } };
    expect(told(map, { SLACK_WEBHOOK_URL: "https://hooks.slack.com/x", BUDGET_PAUSE_AT_PERCENT: "75" })).toBeNull();
  });

  it.each([
    [
      "a target of notices",
      { cold: { notify: ["${SLACK_WEBHOOK_URL}"] } },
      {},
      "cold.notify: not set: SLACK_WEBHOOK_URL",
    ],
    ["where the spend is read", { budget: { spend: { url: "${SPEND_URL}" } } }, {}, "budget.spend: not set: SPEND_URL"],
    [
      "whose alerts are believed",
      { budget: { push: { audience: "${AUDIENCE}", email: "a@b.c" } } },
      {},
      "budget.push: not set: AUDIENCE",
    ],
    [
      "whose users may call",
      { identity: [{ issuer: "https://${CLERK}", jwksUrl: "https://${CLERK}/jwks", audience: "a" }] },
      {},
      "identity: not set: CLERK",
    ],
    [
      "when to pause",
      {},
      { BUDGET_PAUSE_AT_PERCENT: "8O" },
      "BUDGET_PAUSE_AT_PERCENT: it is no percentage from 0 to 100",
    ],
  ])("that %s is without effect, and why", (_what, map, variables: Record<string, string>, why) => {
    expect(told(map, variables)).toMatchObject({ title: "A part of the map without effect", why });
  });

  it("of routes first, with what else there is", () => {
    const map = {
      hot: [...HOT, { id: "off", provider: "openai", model: "x", key: "${MISSING}" }],
      cold: { notify: ["${SLACK}"] },
    };

    expect(told(map)).toMatchObject({
      title: "A route is off: 1 of 2 can serve",
      why: "off: not set: MISSING; cold.notify: not set: SLACK",
    });
  });
});
