/** Faults by header through the official SDKs, and a drill as whoever has cloned the project plays it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import * as z from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProcess } from "../support/start-process.ts";
import { startProduct, type Product } from "../support/started-product.ts";

const Overview = z.object({ routes: z.array(z.object({ id: z.string(), status: z.string() })) });
const FOLDER = mkdtempSync(join(tmpdir(), "lisbon-drill-"));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

describe("a fault by header", () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({ routes: "routes.local.json", variables: { CHAOS: "on" } });
  });
  afterAll(() => product.stop());

  function faulty(fault: string): { headers: Record<string, string> } {
    return { headers: { "x-lisbon-fault": fault, "x-lisbon-admin-key": product.adminKey } };
  }

  it.each(["unreachable", "server_error", "overloaded", "rate_limited", "empty", "garbage", "cut"])(
    "of Hot (%s) is borne by Warm, streamed or not, and opens no circuit",
    async (fault) => {
      const body = { model: "auto", messages: [{ role: "user" as const, content: "say: well" }] };
      const cut = fault === "cut" ? "cut:10" : fault;
      const [whole, stream] = await Promise.all([
        product.client.chat.completions.create(body, faulty(`hot/*=${cut}`)),
        product.client.chat.completions.create({ ...body, stream: true }, faulty(`hot/*=${cut}`)),
      ]);
      let said = "";
      for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? "";

      expect([whole.choices[0]?.message.content, said]).toEqual(["well", "well"]);
      expect(whole.model).not.toMatch(/^gpt/);
      expect(await notClosed()).toEqual([]);
    },
  );

  it("that cuts a stream in mid-answer has another route go on with it", async () => {
    const body = {
      model: "auto",
      messages: [{ role: "user" as const, content: "count to 40" }],
      stream: true as const,
    };
    const { data, response } = await product.client.chat.completions
      .create(body, faulty("hot/*=cut:3000"))
      .withResponse();
    let said = "";
    for await (const chunk of data) said += chunk.choices[0]?.delta.content ?? "";

    expect(response.headers.get("x-lisbon-tier")).toBe("hot");
    expect(said).toBe(Array.from({ length: 40 }, (_none, at) => at + 1).join(" "));
  });

  it("is met in the other dialect too", async () => {
    const client = new Anthropic({ apiKey: product.key, baseURL: product.url, maxRetries: 0 });
    const message = await client.messages.create(
      { model: "auto", max_tokens: 50, messages: [{ role: "user", content: "say: well" }] },
      faulty("hot/*=unreachable"),
    );

    expect(message.content).toMatchObject([{ type: "text", text: "well" }]);
    expect(message.model).not.toMatch(/^gpt/);
  });

  it("is met by no other call", async () => {
    const body = { model: "auto", messages: [{ role: "user" as const, content: "say: well" }] };

    expect((await product.client.chat.completions.create(body)).model).toMatch(/^gpt/);
  });

  async function notClosed(): Promise<unknown> {
    const answer = await fetch(`${product.url}/admin/breakers`, {
      headers: { authorization: `Bearer ${product.adminKey}` },
    });
    const { routes } = Overview.parse(await answer.json());
    return routes.filter(({ status }) => status !== "closed");
  }
});

describe("lisbon drill", () => {
  it("plays an outage for real, says what users saw and which alerts came, and keeps a report", async () => {
    const file = join(FOLDER, "report.md");
    const { exit, printed } = lisbon("outage", "--seconds", "9", "--report", file);

    expect(await exit, printed()).toBe(0);
    expect(printed()).toMatch(/begins: hot: unreachable/);
    expect(printed()).toMatch(/circuit +hot\/openai\/gpt-4\.1: closed → open/);
    expect(printed()).toMatch(/^ok +the alert circuit_opened: .*Slack, e-mail, webhook/m);
    expect(printed()).toMatch(/The drill outage HELD\./);
    expect(readFileSync(file, "utf8")).toContain("**Held.**");
    expect(readdirSync(FOLDER)).toEqual(["report.md"]);
  }, 60_000);

  it.each([
    [["nothing-of-the-kind"], "no scenario is named nothing-of-the-kind"],
    [[], "npx lisbon drill --list"],
    [["outage", "--seconds", "soon"], "A number from 1 to 600"],
    [["outage", "--url", "http://127.0.0.1:1"], "a deployment is drilled with --api-key and --admin-key"],
    [
      ["redis-away", "--url", "http://127.0.0.1:1", "--api-key", "a", "--admin-key", "b"],
      "npx lisbon drill redis-away, without --url",
    ],
    [["outage", "--loudly"], "unknown option"],
  ])("is not run with %j, and says why", async (args, why) => {
    const { exit, printed } = lisbon(...args);

    expect(await exit).toBe(2);
    expect(printed()).toContain(why);
  });
});

function lisbon(...args: string[]) {
  return startProcess({ command: [process.execPath, "cli/lisbon.mjs", "drill"], args, env: { TMPDIR: FOLDER } });
}
