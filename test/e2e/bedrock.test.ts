/** The same Claude at two providers: Anthropic's own API and Amazon Bedrock, with a bearer key and signed, in workerd. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SIMULATED_AWS_KEYS } from "../../dev/simulated/wire/bedrock/signature.ts";
import { ask, WAYS } from "../support/asked.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

const MODEL = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
const { accessKeyId, secretAccessKey } = SIMULATED_AWS_KEYS;
const SESSION = "session-of-an-hour-0123456789";

const claude = {
  id: "claude",
  provider: "anthropic",
  api: "anthropic" as const,
  model: "claude-sonnet-4-5",
  baseUrl: "${ONE_URL}/claude",
  key: "${ONE_KEY}",
};
const bearer = {
  id: "bearer",
  provider: "aws-bedrock",
  api: "bedrock" as const,
  model: MODEL,
  baseUrl: "${TWO_URL}/bearer",
  key: "${TWO_KEY}",
};
const signed = {
  id: "signed",
  provider: "aws-bedrock",
  api: "bedrock" as const,
  model: MODEL,
  baseUrl: "${THREE_URL}/signed",
};
const BROKEN = ["cut:3", "no-terminal", "in-band-error:after", "cut-bytes:1500"];

let hosts: SimulatedHosts;
let product: Product;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  const broken = BROKEN.map((fault) => ({
    ...bearer,
    id: nameOf(fault),
    model: `sim@${fault}`,
  }));
  const only = [bearer, signed, ...broken].map(({ id }) => [`only-${id}`, { routes: [id], continue: false }]);
  product = await startProduct({
    routes: {
      hot: [claude],
      warm: [bearer, signed, ...broken],
      kinds: { ...Object.fromEntries(only), both: { routes: ["claude", "bearer"] } },
      cold: { mode: "off" },
      // A key that was refused would be tried at once by a probe, and its account be out for the next test.
      breaker: { enabled: false },
    },
    variables: {
      ...hosts.variables,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: SESSION,
      AWS_REGION: "eu-west-1",
    },
  });
});

afterEach(() => hosts.mend());

afterAll(async () => {
  await product.stop();
  await hosts.close();
});

describe.each(WAYS)("a call (%s)", (_way, streamed) => {
  it.each(["bearer", "signed"])("to Bedrock, %s, is answered with words, finish reason and usage", async (id) => {
    const asked = await ask(product.client, `only-${id}`, streamed, {
      messages: [{ role: "user", content: "say: Olá, “Lisboa” 🌊" }],
    });

    expect(asked).toMatchObject({ text: "Olá, “Lisboa” 🌊", finish: "stop", error: null, trail: [`${id}=answered`] });
    expect(asked.usage?.total_tokens).toBeGreaterThan(0);
    expect(hosts.received()).toHaveLength(1);
    expect(hosts.received()[0]).toMatchObject({ format: "bedrock", model: MODEL, status: 200 });
  });

  it("that Anthropic is too busy for is answered by the same Claude at Amazon", async () => {
    hosts.one.setFault({ provider: "claude", fault: "529" });
    const asked = await ask(product.client, "both", streamed);

    expect(asked).toMatchObject({ text: "hello", error: null, route: "bearer" });
    expect(asked.trail.at(-1)).toBe("bearer=answered");
  });

  it("with a secret that Amazon refuses says so in the trail, and nowhere what the secret is", async () => {
    hosts.three.setFault({ provider: "signed", fault: "bad-key" });
    const { error, trail } = await ask(product.client, "only-signed", streamed);

    expect(trail).toEqual(["signed=auth_failed 403"]);
    const seen = JSON.stringify(error) + product.output() + JSON.stringify(hosts.received()[0]?.body);
    for (const secret of [secretAccessKey, accessKeyId, SESSION]) expect(seen).not.toContain(secret);
    expect(hosts.received()[0]?.path).toBe(`/model/${encodeURIComponent(MODEL)}/converse${streamed ? "-stream" : ""}`);
  });
});

it("a parallel call of tools comes through Amazon's frames whole", async () => {
  const stream = product.client.chat.completions.stream({
    model: "only-signed",
    messages: [{ role: "user", content: "get_weather and get_time" }],
    tools: ["get_weather", "get_time"].map((name) => ({
      type: "function" as const,
      function: { name, parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } },
    })),
  });
  const { choices } = await stream.finalChatCompletion();

  expect(choices[0]?.finish_reason).toBe("tool_calls");
  const calls = choices[0]?.message.tool_calls ?? [];
  expect(calls.map((call) => (call.type === "function" ? call.function.name : ""))).toEqual([
    "get_weather",
    "get_time",
  ]);
});

it.each(BROKEN)("a stream of Amazon's with %s after its first words never ends as a whole one", async (fault) => {
  const asked = await ask(product.client, `only-${nameOf(fault)}`, true, {
    messages: [{ role: "user", content: "count to 60" }],
  });

  expect(asked.text).toMatch(/^1 2/);
  expect(asked.error?.code).toBe(fault.startsWith("in-band") ? "overloaded" : "stream_cut");
});

function nameOf(fault: string): string {
  return `b-${fault.replace(":", "-")}`;
}
