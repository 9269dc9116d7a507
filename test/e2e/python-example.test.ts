/** `examples/python/ask.py` as it stands, against `npm start`. */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { portOf } from "../support/port-of.ts";
import { pythonWithClients } from "../support/python.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { freePort } from "../support/start-process.ts";
import { startProduct, type Product } from "../support/started-product.ts";

const python = await pythonWithClients();

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** `settings`: its environment, beside the direct provider, which is always simulated host two. */
function ask(question: string, settings: Readonly<Record<string, string>>): Promise<Ran> {
  const env = {
    LISBON_URL: product.url,
    LISBON_API_KEY: product.key,
    LISBON_MODEL: "ask-warm",
    DIRECT_URL: `${hosts.two.url}/second/v1`,
    DIRECT_API_KEY: "sk-direct",
    ...settings,
  };
  return new Promise((resolve) => {
    const child = execFile(python ?? "", ["examples/python/ask.py", question], { env }, (_error, out, errors) =>
      resolve({ code: child.exitCode, out: out.trim(), errors: errors.trim() }),
    );
  });
}

let hosts: SimulatedHosts;
let product: Product;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  product = await startProduct({ routes: "test/fixtures/routes.product.json", variables: hosts.variables });
});

afterEach(() => hosts.mend());

afterAll(async () => {
  await product.stop();
  await hosts.close();
});

const askedDirectly = (): number => hosts.received().filter(({ provider }) => provider === "second").length;

describe.skipIf(python === null)("the Python example", () => {
  it("gets its answer from the first route", async () => {
    expect(await ask("say: hello", {})).toEqual({ code: 0, out: "hello", errors: "" });
    expect(hosts.received().map(({ provider }) => provider)).toEqual(["first"]);
  });

  it("notices nothing of a provider that is down", async () => {
    hosts.one.setFault({ provider: "first", fault: "529" });

    expect(await ask("say: hello", {})).toEqual({ code: 0, out: "hello", errors: "" });
    expect(hosts.received().at(-1)?.provider).toBe("claude");
  });

  it("asks the provider directly where nothing listens at Lisbon's address", async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;

    const ran = await ask("say: hello", { LISBON_URL: nowhere });

    expect(ran).toMatchObject({ code: 0, out: "hello", errors: expect.stringContaining("out of reach") });
    expect(askedDirectly()).toBe(1);
  });

  it("asks the provider directly where something on the way answers in Lisbon's place", async () => {
    const proxy = createServer((_request, response) => response.writeHead(502).end("<h1>Bad gateway</h1>"));
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");

    const ran = await ask("say: hello", { LISBON_URL: `http://127.0.0.1:${portOf(proxy)}` });
    proxy.closeAllConnections();
    proxy.close();

    expect(ran).toMatchObject({ code: 0, out: "hello", errors: expect.stringContaining("out of reach") });
  });

  it("obeys Lisbon where it refuses, and goes round nothing", async () => {
    const ran = await ask("say: hello", { LISBON_MODEL: "gpt-99" });

    expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining("model_not_found") });
    expect(askedDirectly()).toBe(0);
  });

  it("goes round nothing either where Lisbon says that no provider can answer", async () => {
    hosts.one.setFault({ provider: "first", fault: "503", arg: "1" });

    const ran = await ask("say: hello", { LISBON_MODEL: "only-hot" });

    expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining("providers_failed") });
    expect(askedDirectly()).toBe(0);
  });

  it("says that half an answer is none", async () => {
    hosts.one.setFault({ provider: "first", fault: "cut", arg: "3" });

    const ran = await ask("count to 30", { LISBON_MODEL: "only-hot" });

    expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining("not a whole answer: stream_cut") });
  });
});
