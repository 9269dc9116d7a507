/** What stays inside: keys, prompts, answers, providers' words; and where a provider's redirect would lead. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask, WAYS } from "../support/asked.ts";
import { startScriptedProvider, type ScriptedProvider } from "../support/scripted-provider.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

const folder = mkdtempSync(join(tmpdir(), "lisbon-nothing-leaks-"));
let hosts: SimulatedHosts;
let elsewhere: ScriptedProvider;
let seenElsewhere = 0;
let product: Product;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  elsewhere = await startScriptedProvider();
  elsewhere.play((response) => {
    seenElsewhere += 1;
    response.writeHead(200).end();
  });
  product = await startProduct({ routes: mapThatOpensNothing(), variables: hosts.variables });
});

afterEach(() => hosts.mend());

afterAll(async () => {
  await product.stop();
  rmSync(folder, { recursive: true });
  await elsewhere.close();
  await hosts.close();
});

describe.each(WAYS)("a redirect from a provider (%s)", (_way, streamed) => {
  it.each([
    ["first", "only-hot"],
    ["claude", "only-claude"],
    ["gemini", "only-gemini"],
  ])("of %s is a failure and is never followed", async (provider, model) => {
    for (const host of [hosts.one, hosts.three]) {
      host.setFault({ provider, fault: "redirect", arg: `${elsewhere.url}/v1/chat/completions?next=1` });
    }

    const { error, trail } = await ask(product.client, model, streamed);

    expect(trail).toEqual([`${provider}=redirected 302`]);
    expect(error).toMatchObject({ status: 503, code: "providers_failed" });
    expect(JSON.stringify(error)).not.toContain(new URL(elsewhere.url).host);
    expect(hosts.received()).toHaveLength(1);
    expect(seenElsewhere).toBe(0);
  });
});

const PROMPT = "the codeword is pampilhosa";
const ANSWER = "1 2 3 4 5 6 7";
const FAULTS = ["503", "bad-key", "html", "in-band-error", "cut", "filter", "context", "quota"] as const;

describe("keys, prompts and answers", () => {
  it.each(["only-hot", "only-claude", "only-gemini"])(
    "are in no log line, and no key is in a URL or a reply of %s",
    async (model) => {
      const before = logLines(model).length;
      const replies: string[] = [];
      for (const fault of FAULTS) {
        for (const host of [hosts.one, hosts.three]) host.setFault({ provider: "*", fault });
        for (const stream of [true, false]) replies.push(await replyTo(model, stream));
        // Between two faults somebody is served, so that the kind does not fall quiet.
        for (const host of [hosts.one, hosts.three]) host.clearFaults();
        replies.push(await replyTo(model, fault === "cut"));
      }

      const paths = hosts.received().map(({ path }) => path);
      expect(paths.length).toBeGreaterThanOrEqual(FAULTS.length * 3);
      expect([...paths, ...replies].filter((text) => /sk-of-host/.test(text))).toEqual([]);
      expect(replies.filter((text) => text.includes(product.key))).toEqual([]);
      await expect.poll(() => logLines(model).length - before, { timeout: 5_000 }).toBe(replies.length);
      expect(product.output()).not.toMatch(/sk-of-host|pampilhosa|1 2 3/);
      // The screen shows the development key, to be pasted; the log does not.
      expect(logLines(model).filter((line) => line.includes("lsb_dev_"))).toEqual([]);
    },
  );
});

/** A provider with a wrong key would be asked nothing more, so that nothing could leak. */
function mapThatOpensNothing(): string {
  const map: object = JSON.parse(readFileSync("test/fixtures/routes.product.json", "utf8"));
  const file = join(folder, "routes.json");
  writeFileSync(file, JSON.stringify({ ...map, breaker: { enabled: false } }));
  return file;
}

/** Headers and body as they come over the wire. */
async function replyTo(model: string, stream: boolean): Promise<string> {
  const response = await fetch(`${product.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${product.key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model,
      stream,
      messages: [
        { role: "system", content: PROMPT },
        { role: "user", content: "count to 7" },
      ],
    }),
  });
  const text = await response.text();
  if (response.status === 200 && !stream) expect(text).toContain(ANSWER);
  return JSON.stringify([...response.headers]) + text;
}

function logLines(model: string): readonly string[] {
  return product
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{") && line.includes(`"model":"${model}"`));
}
