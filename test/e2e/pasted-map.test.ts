/** The map that people have, pasted as it is, with its variables and nothing else, in several isolates. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask, WAYS } from "../support/asked.ts";
import { startIsolates, type Isolates } from "../support/isolates.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { KEY_SECRET, serverKey } from "../support/server-keys.ts";

const PASTED = "test/fixtures/routes.pasted.json";
const SONNET = "hot/anthropic/sonnet-4.6";
const HAIKU = "hot/anthropic/haiku-4.5";
const GPT = "warm/openai/gpt-4o-mini";
const GEMINI = "warm/google/gemini-3-flash";
const KEY = serverKey();

const folder = mkdtempSync(join(tmpdir(), "lisbon-pasted-"));
let hosts: SimulatedHosts;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
});

afterAll(async () => {
  await hosts.close();
  rmSync(folder, { recursive: true });
});

async function startPasted(routes: string, hot: readonly [string, string]): Promise<Isolates> {
  return await startIsolates({
    routes,
    bindings: {
      LISBON_KEY_SECRET: KEY_SECRET,
      ANTHROPIC_BASE_URL: hot[0],
      ANTHROPIC_BASE_URL_2: hot[1],
      GEMINI_OPENAI_COMPAT: `${hosts.three.url}/gemini-compat/v1beta/openai/`,
      ANTHROPIC_KEY: "sk-ant-key",
      OPENAI_API_KEY: "sk-openai-key",
      GEMINI_API_KEY: "gemini-key",
    },
  });
}

function clientsOf({ workers }: Isolates): readonly [OpenAI, ...OpenAI[]] {
  const [first, ...others] = workers.map(
    ({ url }) => new OpenAI({ apiKey: KEY, baseURL: `${url}/v1`, maxRetries: 0, logLevel: "off" }),
  );
  if (first === undefined) throw new Error("there are no isolates");
  return [first, ...others];
}

describe("the pasted map", () => {
  let isolates: Isolates;

  beforeAll(async () => {
    isolates = await startPasted(PASTED, [`${hosts.one.url}/first/v1`, `${hosts.two.url}/second/v1`]);
  });

  afterEach(() => hosts.mend());

  afterAll(() => isolates.dispose());

  it.each(WAYS)("answers in OpenAI's language at people's own gateways, %s", async (_way, streamed) => {
    const asked = await ask(clientsOf(isolates)[0], "auto", streamed);

    expect(asked).toMatchObject({ text: "hello", model: "sonnet-4.6", route: SONNET, trail: [`${SONNET}=answered`] });
    expect(hosts.received()).toMatchObject([
      { provider: "first", path: "/v1/chat/completions", headers: { authorization: "Bearer sk-ant-key" } },
    ]);
  });

  it.each(WAYS)("answers from the second gateway while the first has an outage, %s", async (_way, streamed) => {
    hosts.one.setFault({ provider: "*", fault: "reset" });

    const asked = await ask(clientsOf(isolates)[0], "auto", streamed);

    expect(asked.trail).toEqual([`${SONNET}=unreachable`, `${HAIKU}=answered`]);
    expect(asked).toMatchObject({ model: "haiku-4.5", attempts: 2 });
  });

  it.each(WAYS)("stays with the first gateway though every other call of it fails, %s", async (_way, streamed) => {
    const [client] = clientsOf(isolates);
    for (let round = 0; round < 8; round++) {
      hosts.one.setFault({ provider: "*", fault: "429", times: 1 });

      expect((await ask(client, "auto", streamed)).trail).toEqual([`${SONNET}=rate_limited 429`, `${HAIKU}=answered`]);
      expect((await ask(client, "auto", streamed)).trail).toEqual([`${SONNET}=answered`]);
    }
  });

  it("answers a model that it names, at any base URL that speaks OpenAI's language", async () => {
    const asked = await ask(clientsOf(isolates)[0], "gemini-3-flash", true);

    expect(asked).toMatchObject({ text: "hello", model: "gemini-3-flash", route: GEMINI, tier: "warm", attempts: 1 });
    expect(hosts.received()).toMatchObject([
      { path: "/v1beta/openai/chat/completions", headers: { authorization: "Bearer gemini-key" } },
    ]);
  });

  it("lists its models", async () => {
    const models = await clientsOf(isolates)[0].models.list();

    expect(models.data.map(({ id }) => id)).toEqual([
      "auto",
      "sonnet-4.6",
      "haiku-4.5",
      "gpt-4o-mini",
      "gemini-3-flash",
    ]);
  });
});

describe("the pasted map while both hosts of Hot refuse", () => {
  let isolates: Isolates;

  beforeAll(async () => {
    const map = readFileSync(PASTED, "utf8").replace("https://api.openai.com", `${hosts.two.url}/openai`);
    const copy = join(folder, "routes.json");
    writeFileSync(copy, map);
    isolates = await startPasted(copy, [await hosts.one.refusingUrl(), await hosts.one.refusingUrl()]);
  });

  afterAll(() => isolates.dispose());

  it("answers from Warm at the third attempt at the latest, and at the first once the breakers are open", async () => {
    const [client, ...others] = clientsOf(isolates);

    for (const [, streamed] of [...WAYS, ...WAYS, WAYS[0]]) {
      const asked = await ask(client, "auto", streamed);
      expect(asked).toMatchObject({ text: "hello", model: "gpt-4o-mini", route: GPT, tier: "warm", error: null });
      expect(asked.trail).toEqual([`${SONNET}=unreachable`, `${HAIKU}=unreachable`, `${GPT}=answered`]);
      expect(asked.attempts).toBe(3);
    }

    // The fifth failure may still be on its way to the switchboard, which adds up what was reported.
    await expect.poll(async () => (await ask(client, "auto", true)).attempts, { timeout: 5_000 }).toBe(1);
    for (const [, streamed] of WAYS) {
      const asked = await ask(client, "auto", streamed);
      expect(asked.trail).toEqual([`${SONNET}=skipped open`, `${HAIKU}=skipped open`, `${GPT}=answered`]);
      expect(asked).toMatchObject({ text: "hello", attempts: 1 });
    }
    // The other isolates hear of it within the age of a snapshot.
    for (const other of others) {
      await expect.poll(async () => (await ask(other, "auto", true)).attempts, { timeout: 5_000 }).toBe(1);
    }
  });
});
