/** The official `openai` and Anthropic clients of Node and Python, each against `npm start`, through Hot and Warm. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { judgesHere, type Dialect, type Judge, type Seen, type Way } from "../support/judges.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

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

const WAYS: readonly Way[] = ["stream", "accumulate", "whole"];
const STREAMED: readonly Way[] = ["stream", "accumulate"];
const KINDS = [["only-hot"], ["only-claude"], ["only-gemini"]] as const;

const CITY = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const Ticket = z.strictObject({ title: z.string(), priority: z.enum(["low", "high"]), tags: z.array(z.string()) });
const { $schema: _, ...TICKET } = z.toJSONSchema(Ticket);

/** The same request in each dialect. */
const SPOKEN = {
  openai: {
    stop: "stop",
    toolStop: "tool_calls",
    cut: "stream_cut",
    tools: {
      tools: [
        {
          type: "function",
          function: { name: "get_weather", description: "The weather in a city", parameters: CITY, strict: true },
        },
      ],
    },
    ticket: {
      response_format: { type: "json_schema", json_schema: { name: "ticket", strict: true, schema: TICKET } },
    },
  },
  anthropic: {
    stop: "end_turn",
    toolStop: "tool_use",
    cut: "stream_cut",
    tools: { tools: [{ name: "get_weather", description: "The weather in a city", input_schema: CITY }] },
    ticket: { output_config: { format: { type: "json_schema", schema: TICKET } } },
  },
} as const satisfies Record<Dialect, unknown>;

const DIALECTS: readonly Dialect[] = ["openai", "anthropic"];

describe.each(await judgesHere())("a service with $language's official clients", ({ start }) => {
  let judge: Judge;

  beforeAll(() => {
    judge = start();
  });

  afterAll(() => judge.stop());

  describe.each(DIALECTS)("(%s)", (dialect) => {
    const spoken = SPOKEN[dialect];

    function ask(way: Way, model: string, question: string, more: object = {}, apiKey = product.key): Promise<Seen> {
      const body = { model, max_tokens: 1_000, messages: [{ role: "user", content: question }], ...more };
      return judge.see({ dialect, way, baseUrl: product.url, apiKey, body });
    }

    describe.each(KINDS)("of %s", (kind) => {
      it.each(WAYS)("gets an answer (%s)", async (way) => {
        expect(await ask(way, kind, "say: Olá, Lisboa 🌊")).toMatchObject({
          error: null,
          text: "Olá, Lisboa 🌊",
          finish: spoken.stop,
        });
      });

      it.each(WAYS)("calls a tool twice at once (%s)", async (way) => {
        const seen = await ask(way, kind, "Please get_weather for both Lisbon and Porto.", spoken.tools);

        expect(seen).toMatchObject({ error: null, finish: spoken.toolStop });
        expect(seen.calls.map((call): unknown => [call.name, JSON.parse(call.arguments)])).toEqual([
          ["get_weather", { city: "Lisbon" }],
          ["get_weather", { city: "Porto" }],
        ]);
      });

      it.each(WAYS)("gets an answer by its JSON schema (%s)", async (way) => {
        const seen = await ask(way, kind, "A ticket: the login is broken", spoken.ticket);

        expect(seen).toMatchObject({ error: null, finish: spoken.stop });
        expect(Ticket.parse(JSON.parse(seen.text))).toMatchObject({ tags: expect.any(Array) });
      });
    });

    it.each(["stream", "whole"] as const)("notices nothing of a provider that is down (%s)", async (way) => {
      hosts.one.setFault({ provider: "first", fault: "reset" });

      const seen = await ask(way, "ask-warm", "say: hello");

      expect(seen).toMatchObject({ error: null, text: "hello", finish: spoken.stop, model: "claude-haiku-4-5" });
      expect(seen.headers).toMatchObject({ "x-lisbon-tier": "warm", "x-lisbon-notice": "Using backup service" });
    });

    it.each(STREAMED)("never takes half an answer for a whole one (%s)", async (way) => {
      hosts.one.setFault({ provider: "first", fault: "cut", arg: "3" });

      const seen = await ask(way, "only-hot", "count to 30");

      expect(seen.error).toMatchObject({ typed: true, code: spoken.cut });
      expect(seen.text).toMatch(/^1 2\b(?!.*30)/);
    });

    it("throws the client's own errors at a wrong key and a wrong model", async () => {
      const stranger = await ask("whole", "only-hot", "say: hello", {}, "sk-wrong");
      const wrong = await ask("stream", "gpt-99", "say: hello");

      expect(stranger.error).toMatchObject({ name: "AuthenticationError", typed: true, status: 401 });
      expect(wrong.error).toMatchObject({ name: "NotFoundError", typed: true, status: 404 });
    });
  });
});
