import { describe, expect, it } from "vitest";
import { z } from "zod";
import { startForTests } from "./clients.ts";

const providers = await startForTests();
const { url } = providers;

function ask(model = "sim", provider = "hot"): Promise<Response> {
  return fetch(`${url}/${provider}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer k" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
  });
}

function setFault(rule: unknown): Promise<Response> {
  return fetch(`${url}/_control/faults`, { method: "POST", body: JSON.stringify(rule) });
}

async function statuses(count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let call = 0; call < count; call += 1) seen.push((await ask()).status);
  return seen;
}

describe("a control call", () => {
  it("makes one provider misbehave and leaves the others alone", async () => {
    expect((await setFault({ provider: "hot", fault: "503" })).status).toBe(200);

    expect((await ask()).status).toBe(503);
    expect((await ask("sim", "warm")).status).toBe(200);
  });

  it("makes one model misbehave, or every provider", async () => {
    await setFault({ provider: "*", model: "sim-small", fault: "500" });

    expect((await ask("sim-small", "warm")).status).toBe(500);
    expect((await ask("sim-large", "warm")).status).toBe(200);
  });

  it("ends after so many times", async () => {
    await setFault({ provider: "hot", fault: "500", times: 2 });

    expect(await statuses(4)).toEqual([500, 500, 200, 200]);
  });

  it("spreads a share of errors evenly", async () => {
    await setFault({ provider: "hot", fault: "529", share: 0.3 });

    expect((await statuses(20)).filter((status) => status === 529)).toHaveLength(6);
  });

  it("adds latency, with a fault or alone", async () => {
    await setFault({ provider: "hot", latencyMs: 60 });
    const start = performance.now();

    expect((await ask()).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(55);
  });

  it("takes the place of the rule before it, and goes when cleared", async () => {
    await setFault({ provider: "hot", fault: "500" });
    await setFault({ provider: "hot", fault: "429", arg: 3 });
    const limited = await ask();

    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
    await fetch(`${url}/_control/faults`, { method: "DELETE" });
    expect((await ask()).status).toBe(200);
  });

  it("lists what is set and every fault that there is", async () => {
    await setFault({ provider: "hot", fault: "reset", times: 9 });
    const listed: unknown = await (await fetch(`${url}/_control/faults`)).json();

    expect(listed).toMatchObject({
      set: [{ provider: "hot", fault: "reset", times: 9, met: 0 }],
      known: { "cut-bytes": { does: expect.any(String) } },
    });
  });

  it("shows the calls received without their keys", async () => {
    await ask("sim@500");
    const { calls } = z
      .object({ calls: z.array(z.looseObject({ headers: z.record(z.string(), z.string()) })) })
      .parse(await (await fetch(`${url}/_control/calls`)).json());

    expect(calls).toMatchObject([{ provider: "hot", format: "openai", model: "sim@500", fault: "500", status: 500 }]);
    expect(calls[0]?.headers.authorization).toBe("***");
  });

  it.each([
    [{ fault: "500" }, "provider"],
    [{ provider: "hot" }, "fault"],
    [{ provider: "hot", fault: "sillent" }, "fault"],
    [{ provider: "hot", fault: "cut", arg: "many" }, "fault"],
    [{ provider: "hot", fault: "500", share: 3 }, "share"],
    [{ provider: "hot", fault: "500", time: 3 }, "time"],
    ["not an object", "body"],
  ])("with %j is a 400 that names %s", async (rule, field) => {
    const response = await setFault(rule);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { field } });
  });

  it("to an unknown place names the known ones", async () => {
    expect((await fetch(`${url}/_control/fault`)).status).toBe(404);
    expect((await fetch(`${url}/hot/v1/embeddings`, { method: "POST", body: "{}" })).status).toBe(404);
  });
});

describe("a rule set by a test", () => {
  it("throws when there is no such fault", () => {
    expect(() => providers.setFault({ provider: "hot", fault: "sillent" })).toThrow(/no fault is named/);
  });
});
