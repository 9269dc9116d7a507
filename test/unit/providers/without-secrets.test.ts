import { expect, it } from "vitest";
import { withoutSecrets } from "../../../src/providers/without-secrets.ts";
import { routeTo } from "../../support/providers.ts";

it("takes keys that sign out of it too", () => {
  const awsKeys = {
    accessKeyId: "correct-horse",
    secretAccessKey: "battery-staple",
    sessionToken: "of-an-hour",
    region: "eu-west-1",
  };
  const route = routeTo("bedrock", { key: null, awsKeys });
  const detail =
    "The canonical string should have been x-amz-security-token:of-an-hour, by correct-horse/battery-staple";

  expect(withoutSecrets({ kind: "auth_failed", detail }, route).detail).toBe(
    "The canonical string should have been x-amz-security-token:[…], by […]/[…]",
  );
});

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
