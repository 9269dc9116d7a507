/** A map whose first route is the router itself. */
import { BadRequestError } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { developmentKey } from "../../src/identity/server-key.ts";
import { ask, WAYS } from "../support/asked.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";
import { freePort } from "../support/start-process.ts";

const SECRET = "a-secret-of-this-test-that-is-long-enough";
let hosts: SimulatedHosts;
let product: Product;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  product = await startProduct({
    port,
    routes: {
      hot: [
        { id: "self", provider: "self", model: "auto", baseUrl: `${baseUrl}/v1`, key: "${SELF_KEY}" },
        { id: "native", provider: "self", model: "auto", baseUrl, api: "anthropic", key: "${SELF_KEY}" },
      ],
      warm: [{ id: "other", provider: "one", model: "model-1", baseUrl: "${ONE_URL}/first/v1", key: "${ONE_KEY}" }],
      kinds: { "only-self": { routes: ["self", "native"] }, ask: {} },
    },
    variables: { ...hosts.variables, LISBON_KEY_SECRET: SECRET, SELF_KEY: await developmentKey(SECRET) },
  });
});

afterAll(async () => {
  await product.stop();
  await hosts.close();
});

describe.each(WAYS)("a %s call", (_way, streamed) => {
  it("that comes back to the router is passed over, and the next route answers", async () => {
    const { text, trail } = await ask(product.client, "ask", streamed);

    expect(text).toBe("hello");
    expect(trail).toEqual(["self=routing_loop 400", "native=routing_loop 400", "other=answered"]);
  });

  it("that has nowhere else to go is refused at once, and no breaker opens by it", async () => {
    for (let time = 0; time < 6; time++) {
      const { error, trail } = await ask(product.client, "only-self", streamed);

      expect(error).toBeInstanceOf(BadRequestError);
      expect(error).toMatchObject({ code: "routing_loop", message: expect.stringMatching(/the operator must mend/) });
      expect(trail).toEqual(["self=routing_loop 400", "native=routing_loop 400"]);
    }
  });
});

it("has a human told", async () => {
  const answer = await fetch(`${product.url}/admin/notices`, {
    headers: { authorization: `Bearer ${product.adminKey}` },
  });

  // It gathers for a second before it is sent, or would be where there is anybody to send it to.
  expect(await answer.text()).toMatch(/"key":"setup:routing_loop"(,"kind":"setup","count":1)?/);
});
