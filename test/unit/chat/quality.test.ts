import * as z from "zod";
import { describe, expect, it } from "vitest";
import { type FakeProvider, fails, refuses, route, silent, spine } from "../../support/spine.ts";

const hotA = route("hot/a/one");
const warmB = route("warm/b/two");
const SCHEMA = {
  type: "json_schema",
  json_schema: { name: "sum", schema: { type: "object", properties: { sum: { type: "number" } }, required: ["sum"] } },
};
const Messages = z.array(z.object({ role: z.string(), content: z.string() }));

interface Scripted {
  readonly text: string;
  readonly finish?: string;
  readonly refusal?: string;
}

/** Gives these answers in turn, whole or as a stream, as it is asked; the last one again and again. */
function says(...answers: readonly Scripted[]): FakeProvider & { readonly sent: Record<string, unknown>[] } {
  const sent: Record<string, unknown>[] = [];
  const provider: FakeProvider = ({ body }) => {
    const {
      text,
      finish = "stop",
      refusal = null,
    } = answers[Math.min(sent.length, answers.length - 1)] ?? { text: "" };
    sent.push(body);
    const message = { role: "assistant", content: text, refusal };
    const head = { id: "x", created: 1, model: "m" };
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    if (body["stream"] !== true) {
      const choices = [{ index: 0, message, finish_reason: finish, logprobs: null }];
      return Promise.resolve(Response.json({ ...head, object: "chat.completion", choices, usage }));
    }
    const events = [
      { index: 0, delta: message, finish_reason: null },
      { index: 0, delta: {}, finish_reason: finish },
    ].map((choice) => `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [choice] })}\n\n`);
    const headers = { "content-type": "text/event-stream" };
    return Promise.resolve(new Response(`${events.join("")}data: [DONE]\n\n`, { headers }));
  };
  return Object.assign(provider, { sent });
}

function stage(a: FakeProvider, b: FakeProvider, quality: unknown = true, kind: object = {}) {
  return spine({
    routes: [hotA, warmB],
    providers: { "a.test": a, "b.test": b },
    kinds: { checked: { quality, degrade: ["error"], ...kind } },
  });
}

const ask = { model: "checked" };

describe("an answer of a kind that asks for quality", () => {
  it.each([
    ["empty", { text: " \n " }],
    ["refusal", { text: "I'm sorry, but I can't assist with that." }],
    ["refusal", { text: "", refusal: "No." }],
    ["repetition", { text: "and so it goes on. ".repeat(40) }],
    ["length", { text: "It begins", finish: "length" }],
  ])("that has the flaw %s fails over, and the trail and the breaker know", async (check, answer) => {
    for (const stream of [false, true]) {
      const at = stage(says(answer), says({ text: "good" }), true, { commit: "whole" });

      const reply = await at.ask({ ...ask, stream });

      expect(reply).toMatchObject({ ok: true, value: { route: { id: "warm/b/two" } } });
      expect(at.trail.all()).toMatchObject([
        { routeId: "hot/a/one", result: "low_quality", check },
        { routeId: "warm/b/two", result: "answered" },
      ]);
      expect(at.outcomes.map(({ failure }) => failure?.kind ?? null)).toEqual(
        expect.arrayContaining(["low_quality", null]),
      );
      expect(at.outcomes).toHaveLength(2);
    }
  });

  it("is what it is where the kind does not ask, or not for this", async () => {
    for (const quality of [false, { checks: ["json"] }]) {
      const at = stage(says({ text: " " }), says({ text: "good" }), quality);

      expect(await at.ask(ask)).toMatchObject({ ok: true, value: { route: { id: "hot/a/one" } } });
    }
  });

  it("that is bad everywhere ends in the graceful error, and is asked for once at each route", async () => {
    const [a, b] = [says({ text: " " }), says({ text: " " })];
    const at = stage(a, b);

    expect(await at.ask(ask)).toMatchObject({
      ok: false,
      failure: { kind: "providers_failed", failures: ["low_quality", "low_quality"] },
    });
    expect([a.sent.length, b.sent.length]).toEqual([1, 1]);
  });

  it("that was only cut at the model's limit is better than none, and says so", async () => {
    for (const stream of [false, true]) {
      const at = stage(says({ text: "It begins", finish: "length" }), refuses, true, { commit: "whole" });

      const reply = await at.ask({ ...ask, stream });

      if (!reply.ok || (reply.value.kind !== "completion" && reply.value.kind !== "stream"))
        throw new Error("no answer");
      expect(reply.value.route.id).toBe("hot/a/one");
      expect(await new Response(reply.value.body).text()).toContain("It begins");
      expect(at.trail.notes()).toEqual(["Answer cut at the model's length limit"]);
    }
  });
});

describe("JSON that is none", () => {
  const bad = { text: 'Here it is: {"sum": 4}' };
  const good = { text: '{"sum": 4}' };

  it("is asked for again at the same route, with what is wrong with it", async () => {
    for (const stream of [false, true]) {
      const a = says(bad, good);
      const at = stage(a, refuses, true, { commit: "whole" });

      const reply = await at.ask({ ...ask, stream, response_format: SCHEMA });

      expect(reply).toMatchObject({ ok: true, value: { route: { id: "hot/a/one" } } });
      const messages = Messages.parse(a.sent[1]?.["messages"]);
      expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
      expect(messages[1]?.content).toBe(bad.text);
      expect(messages[2]?.content).toContain("not JSON");
      expect(a.sent[1]).toMatchObject({ response_format: SCHEMA });
      expect(at.trail.all().map(({ result }) => result)).toEqual(["low_quality", "answered"]);
    }
  });

  it("is asked for once more, and then of the next route", async () => {
    const [a, b] = [says(bad), says(good)];
    const at = stage(a, b);

    expect(await at.ask({ ...ask, response_format: SCHEMA })).toMatchObject({ value: { route: { id: "warm/b/two" } } });
    expect([a.sent.length, b.sent.length]).toEqual([2, 1]);
  });

  it.each([
    ["says so", { quality: { repair: false } }, {}],
    ["has no attempt to spare", {}, { maxAttempts: 2 }],
  ])("is not asked for again where the kind %s", async (_what, { quality = true }: { quality?: unknown }, limits) => {
    const [a, b] = [says(bad), says(good)];
    const at = spine({
      routes: [hotA, warmB],
      providers: { "a.test": a, "b.test": b },
      kinds: { checked: { quality } },
      limits,
    });

    expect(await at.ask({ ...ask, response_format: SCHEMA })).toMatchObject({ value: { route: { id: "warm/b/two" } } });
    expect(a.sent).toHaveLength(1);
  });

  it("is asked for again within the call's deadline, and no longer", async () => {
    const a = says(bad);
    let asked = 0;
    const slowThenSilent: FakeProvider = async (call) => {
      if ((asked += 1) > 1) return await silent(call);
      await new Promise<void>((resolve) => void at.clock.after(17_000, resolve));
      return await a(call);
    };
    const at = stage(slowThenSilent, silent);
    const startedAtMs = at.clock.now();

    expect(await at.ask({ ...ask, response_format: SCHEMA })).toMatchObject({
      failure: { kind: "deadline_exceeded", failures: ["low_quality", "timed_out", "timed_out"] },
    });
    expect(asked).toBe(2);
    expect(at.clock.now() - startedAtMs).toBeLessThanOrEqual(30_000);
  });

  it("is timed apart from the answer that it was to mend", async () => {
    const at = stage(async (call) => {
      await new Promise<void>((resolve) => void at.clock.after(3_000, resolve));
      return await says(bad)(call);
    }, says(good));

    await at.clock.run(at.ask({ ...ask, response_format: SCHEMA }));

    const tried = at.trail.all().flatMap((one) => ("ms" in one ? [[one.result, one.ms]] : []));
    expect(tried).toEqual([
      ["low_quality", 3_000],
      ["low_quality", 3_000],
      ["answered", 0],
    ]);
  });

  it("counts what the repair itself comes to", async () => {
    const a = says(bad);
    let asked = 0;
    const at = stage((call) => ((asked += 1) === 1 ? a(call) : fails(500, { message: "no" })()), says(good));

    await at.ask({ ...ask, response_format: SCHEMA });

    expect(at.trail.all().map(({ result }) => result)).toEqual(["low_quality", "server_error", "answered"]);
  });
});
