/** The token of a Pub/Sub push, verified by the crypto of workerd. */
import { describe, expect, it } from "vitest";
import { budgetWebhook } from "../../../src/http/budget-webhook.ts";
import { ACCOUNT, post, pushBody, pusher, World } from "../../unit/http/budget-support.ts";

describe("a Pub/Sub push, in workerd", () => {
  it("is taken with its account's token, and refused with another key's", async () => {
    const [google, thief] = await Promise.all([pusher(), pusher()]);
    const world = new World();
    world.pages.set(world.jwksUrl, { keys: [google.jwk] });
    const push = async (token: string) =>
      (await budgetWebhook(post(pushBody(), { authorization: `Bearer ${token}` }), world.deps, "id")).status;

    expect(await push(await google.token({ email: ACCOUNT }))).toBe(204);
    expect(world.alerts).toMatchObject([{ provider: "google", percentUsed: 85, source: "budget:de72f49d" }]);
    expect(await push(await thief.token())).toBe(401);
  });
});
