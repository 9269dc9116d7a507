/** A caller that repeats what its provider rejects, at the product as it is started. */
import { BadRequestError } from "openai";
import { expect, it } from "vitest";
import { startScriptedProvider } from "../support/scripted-provider.ts";
import { startProduct } from "../support/started-product.ts";

it("is told request_loop by the official SDK's own error class, and its provider is left alone", async () => {
  const provider = await startScriptedProvider();
  let asked = 0;
  provider.play((response) => {
    asked += 1;
    const error = { message: "max_tokens is too large", type: "invalid_request_error", param: "max_tokens" };
    response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ error }));
  });
  const product = await startProduct({
    routes: { hot: [{ id: "one", provider: "one", model: "one", baseUrl: `${provider.url}/v1`, key: "${ONE_KEY}" }] },
    variables: { ONE_KEY: "a-key-of-this-test" },
  });
  const ask = (): Promise<unknown> =>
    product.client.chat.completions
      .create({ model: "auto", messages: [{ role: "user", content: "again" }], max_tokens: 100_000 })
      .catch((cause: unknown) => cause);
  try {
    const codes: unknown[] = [];
    // The third failure is reported after its reply; a call that comes before the others know may still be asked.
    for (let call = 0; call < 20 && codes.at(-1) !== "request_loop"; call++) {
      const refused = await ask();
      expect(refused).toBeInstanceOf(BadRequestError);
      codes.push(refused instanceof BadRequestError ? refused.code : null);
    }
    expect(codes.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => "request_rejected"));
    expect(codes.at(-1)).toBe("request_loop");

    const before = asked;
    expect(await ask()).toMatchObject({ status: 400, code: "request_loop", headers: expect.anything() });
    expect(asked).toBe(before);
  } finally {
    await product.stop();
    await provider.close();
  }
});
