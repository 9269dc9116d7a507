/** A Python service with `clients/python` beside `npm start`: with it, without it, and with it again. */
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { installedClient, startService, type PythonService, type ServiceSaw } from "../support/python-client.ts";
import { pythonWithClients } from "../support/python.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { freePort } from "../support/start-process.ts";
import { startProduct, type Product } from "../support/started-product.ts";

const python = await pythonWithClients();
const ROUTES = "test/fixtures/routes.cold.json";
/** Longer than a call takes on a busy machine, and hardly longer than a start. */
const OPEN_MS = 4_000;

const answered = (text: string): ServiceSaw => ({ text, error: null, job: null, log: [] });

describe.skipIf(python === null)("a service with the Python client", () => {
  let hosts: SimulatedHosts;
  let clientPath = "";
  let product: Product;
  let env: Readonly<Record<string, string>>;
  const services: PythonService[] = [];

  beforeAll(async () => {
    hosts = await startSimulatedHosts();
    clientPath = await installedClient(python ?? "");
    product = await startProduct({
      routes: ROUTES,
      variables: hosts.variables,
      port: await freePort(),
      keepState: true,
    });
    env = {
      ...hosts.variables,
      LISBON_URL: product.url,
      LISBON_API_KEY: product.key,
      PATH: process.env["PATH"] ?? "",
      PYTHONPATH: clientPath,
    };
  });

  afterEach(async () => {
    hosts.mend();
    await Promise.all(services.splice(0).map((started) => started.stop()));
  });

  afterAll(async () => {
    await product.stop();
    await hosts.close();
  });

  function service(settings: Readonly<Record<string, unknown>> = {}): PythonService {
    const started = startService(python ?? "", env, {
      routes: resolve(ROUTES),
      limits: { failures_to_open: 3, open_ms: OPEN_MS },
      ...settings,
    });
    services.push(started);
    return started;
  }

  /** Nobody answers Lisbon, for a second, as the provider says: a job that is told nothing waits for five. */
  function breakProviders(): void {
    hosts.one.setFault({ provider: "first", fault: "503", arg: "1" });
    hosts.three.setFault({ provider: "claude", fault: "529" });
  }

  /** Who asked host one: the Worker, or the service itself. */
  const askedBy = (): readonly string[] =>
    hosts
      .received()
      .filter(({ provider }) => provider === "first")
      .map(({ headers }) => (headers["user-agent"]?.includes("Python") ? "service" : "lisbon"));

  it("gets its answers from Lisbon, whole and as a stream", async () => {
    const at = service();

    expect(await at.call({ do: "ask", prompt: "say: hello" })).toEqual(answered("hello"));
    expect(await at.call({ do: "stream", prompt: "say: hello" })).toEqual(answered("hello"));
    expect(askedBy()).toEqual(["lisbon", "lisbon"]);
  });

  it.each([
    ["ask", "accepted"],
    ["ask", "error"],
    ["stream", "accepted"],
    ["stream", "error"],
  ] as const)("is told of a parked call: %s, %s", async (how, model) => {
    const at = service();
    breakProviders();

    const seen = await at.call({ do: how, model, prompt: "say: later" });

    expect(seen).toMatchObject({ text: "", error: { name: "Parked", job: expect.any(String) } });
    const job = seen.error?.job ?? "";
    expect((await at.call({ do: "get", job })).job).toMatch(/stored|queued|running/);
    expect(askedBy()).not.toContain("service");
    expect(await at.call({ do: "cancel", job })).toMatchObject({ job: "cancelled" });
    expect(await at.call({ do: "wait", job })).toMatchObject({ error: { name: "JobEnded" } });
  });

  it("waits for the answer of a job", async () => {
    const at = service();
    breakProviders();
    const { error } = await at.call({ do: "ask", prompt: "say: at last" });
    hosts.mend();

    expect(await at.call({ do: "wait", job: error?.job ?? "" })).toMatchObject({ text: "at last", job: "answered" });
  });

  it("may leave the waiting to the client", async () => {
    const at = service({ follow_jobs: true });

    for (const how of ["ask", "stream"] as const) {
      breakProviders();
      const seen = at.call({ do: how, prompt: `say: followed ${how}` });
      await wait(1_000);
      hosts.mend();
      expect(await seen).toEqual(answered(`followed ${how}`));
    }
  });

  it("obeys Lisbon where it refuses, and goes round nothing", async () => {
    const at = service();
    breakProviders();

    expect(await at.call({ do: "ask", model: "gpt-99" })).toMatchObject({ error: { code: "model_not_found" } });
    expect(await at.call({ do: "ask", model: "strict" })).toMatchObject({ error: { code: "providers_failed" } });
    expect(askedBy()).not.toContain("service");
  });

  it("is told of a stream that nobody went on with", async () => {
    hosts.one.setFault({ provider: "first", fault: "cut", arg: "3" });
    hosts.three.setFault({ provider: "claude", fault: "529" });

    const seen = await service().call({ do: "stream", model: "strict", prompt: "count to 30" });

    expect(seen.error).toMatchObject({ name: "NotWhole", code: "stream_cut" });
    expect(seen.text).not.toBe("");
  });

  it("goes on without Lisbon when it is killed, and comes back to it", async () => {
    const at = service();
    expect(await at.call({ do: "ask", prompt: "say: one" })).toEqual(answered("one"));

    await product.stop();
    const without = await at.call({ do: "ask", prompt: "say: two" });
    const closedAgainMs = Date.now() + OPEN_MS;
    expect(without).toMatchObject({ text: "two", error: null });
    expect(without.log).toContain("lisbon is left alone for a while");
    expect(without.log).toContain("lisbon=unreachable; asking first");
    const streamed = await at.call({ do: "stream", prompt: "say: three" });
    expect(streamed).toMatchObject({ text: "three", error: null, log: ["lisbon=open; asking first"] });

    const { port } = new URL(product.url);
    product = await startProduct({ routes: ROUTES, variables: hosts.variables, port: Number(port) });
    await wait(Math.max(0, closedAgainMs - Date.now()));
    const back = await at.call({ do: "stream", prompt: "say: four" });
    expect(back).toMatchObject({ text: "four", error: null, log: ["lisbon is back"] });
    expect(await at.call({ do: "ask", prompt: "say: five" })).toEqual(answered("five"));
    expect(askedBy()).toEqual(["lisbon", "service", "service", "lisbon", "lisbon"]);
  });
});
