import { expect, it } from "vitest";
import { withoutSecrets } from "../../../src/providers/without-secrets.ts";
import { routeTo } from "../../support/providers.ts";

it("takes the route's own key and header values out of what a gateway repeats", () => {
  const route = routeTo("openai", { key: "correct-horse", headers: { "x-gw-auth": "Token battery-staple" } });
  const failure = {
    kind: "request_rejected",
    detail: "auth correct-horse was refused",
    reason: "x-gw-auth: Token battery-staple; key correct-horse",
  } as const;

  expect(withoutSecrets(failure, route)).toEqual({
    kind: "request_rejected",
    detail: "auth […] was refused",
    reason: "x-gw-auth: […]; key […]",
  });
});
