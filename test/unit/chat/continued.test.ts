/** What the spine makes of an answer that broke off after its first words: who goes on, and what of it is seen. */
import { describe, expect, it, vi } from "vitest";
import type { Reply } from "../../../src/chat/reply.ts";
import type { Call } from "../../../src/domain/call.ts";
import type { Refusal } from "../../../src/domain/refusal.ts";
import type { Result } from "../../../src/lib/result.ts";
import { DONE } from "../../support/scripted-provider.ts";
import { plays } from "../../support/played-stream.ts";
import { refuses, route, spine, type Spine, type SpineOptions } from "../../support/spine.ts";

// Node has none; the platform's differs in nothing that is asked here.
vi.stubGlobal("IdentityTransformStream", TransformStream);

const HEAD = { id: "c", object: "chat.completion.chunk" as const, created: 1, model: "m", choices: [] };
const BEGINNING = "The lighthouse keeper counted the ships that passed before dawn, ";
const QUOTE = "counted the ships that passed before dawn, ";
const REST = "and every one of them answered his lamp with a short, grateful flash.";
const STOP = chunk({}, "stop") + DONE;
const CALL = chunk({
  tool_calls: [{ index: 0, id: "t", type: "function", function: { name: "look", arguments: "{}" } }],
});
const [first, second, third] = [route("hot/a/one"), route("hot/b/two"), route("warm/c/three")];

function chunk(delta: object, finish_reason: string | null = null): string {
  return `data: ${JSON.stringify({ ...HEAD, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
}

const text = (content: string): string => chunk({ content });
const sentence = (n: number): string => text(`This is sentence number ${n}, and it says what no other does. `);
const rest = (asked: Record<string, unknown>[]) => ({ "a.test": plays([text(QUOTE + REST), STOP], asked) });
const breaks = plays([text(BEGINNING), "CUT"]);

/** The first of three routes breaks off, unless `providers` says otherwise. */
function stage({ providers, ...more }: Partial<SpineOptions>): Spine {
  return spine({ routes: [first, second, third], providers: { "a.test": breaks, ...providers }, ...more });
}

function streamOf(reply: Result<Reply, Refusal>) {
  if (!reply.ok || reply.value.kind !== "stream") throw new Error(`no stream: ${JSON.stringify(reply)}`);
  return reply.value;
}

async function read(at: Spine, request: Record<string, unknown> = {}) {
  const { body, ended } = streamOf(await at.ask({ stream: true, ...request }));
  const out = await at.clock.run(new Response(body).text());
  return { out, end: await at.clock.run(ended) };
}

function namesIn(out: string): readonly string[] {
  return [...(out.match(/"continued":\[[^\]]*\]/g)?.at(-1) ?? "").matchAll(/"route":"([^"]*)"/g)].map(
    ([, name = ""]) => name,
  );
}

describe("a route that goes on", () => {
  it("is shown from behind the words that the caller has", async () => {
    const at = stage({ providers: { "b.test": plays([text(QUOTE + REST), STOP]) } });
    const { out, end } = await read(at);

    expect(out).toContain(JSON.stringify(REST));
    expect([end.failure, namesIn(out)]).toEqual([null, ["hot/b/two"]]);
  });

  it("may call a tool in place of a text", async () => {
    const at = stage({ providers: { "b.test": plays([CALL, chunk({}, "tool_calls"), DONE]) } });
    const { out, end } = await read(at);

    expect(end.failure).toBeNull();
    expect(out).toContain('"name":"look"');
  });

  it("may call a tool behind its text, in this order", async () => {
    const at = stage({
      routes: [first, { ...second, prefill: true }],
      providers: { "b.test": plays([text("so let me look."), CALL, chunk({}, "tool_calls"), DONE]) },
    });
    const { out } = await read(at);

    expect(out.indexOf("let me look")).toBeGreaterThan(0);
    expect(out.indexOf("let me look")).toBeLessThan(out.indexOf('"name":"look"'));
  });

  it("says nothing behind a tool call that was not proven before it", async () => {
    const at = stage({ providers: { "b.test": plays([CALL, text(BEGINNING + REST), STOP]) } });
    const { out, end } = await read(at);

    expect(end.failure?.kind).toBe("seam_unproven");
    expect(out).not.toContain("grateful");
  });

  it("is not named where it broke off before a word of it was shown", async () => {
    const at = stage({
      providers: { "b.test": plays([text("counted"), "CUT"]), "c.test": plays([text(QUOTE + REST), STOP]) },
    });

    expect(namesIn((await read(at)).out)).toEqual(["warm/c/three"]);
  });

  it("is not blamed for a caller who hangs up meanwhile, and nobody else is asked", async () => {
    const asked: Record<string, unknown>[] = [];
    const at = stage({
      providers: { "b.test": plays([text(QUOTE), text(REST), "HANG"]), "c.test": plays([text(REST), STOP], asked) },
    });
    const { body, ended } = streamOf(await at.ask({ stream: true }));
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let out = ""; !out.includes("grateful");) out += (await at.clock.run(reader.read())).value ?? "";
    at.caller.abort();
    const end = await at.clock.run(ended);

    expect(end.failure?.kind).toBe("caller_gone");
    expect(at.outcomes.map((one) => [one.route.id, one.failure?.kind])).toEqual([
      ["hot/a/one", "stream_cut"],
      ["hot/b/two", "caller_gone"],
    ]);
    expect(asked).toEqual([]);
  });

  it("has what the first left of maxStreamMs, its own first words included", async () => {
    const clocks = { ...first.clocks, maxStreamMs: 10_000, idleMs: 9_000, firstTokenMs: 9_500, headersMs: 9_500 };
    const words = Array.from({ length: 20 }, (_, n) => [1_000, text(` more ${n}.`)]).flat();
    const at: Spine = stage({
      routes: [
        { ...first, clocks },
        { ...second, clocks },
      ],
      providers: { "b.test": plays([8_000, text(QUOTE + REST), ...words], [], () => at.clock) },
    });
    const began = at.clock.now();
    const { end } = await read(at);

    expect([at.clock.now() - began, end.failure?.kind]).toEqual([10_000, "stream_too_long"]);
  });

  it("has what the others left of maxStreamBytes", async () => {
    const [one, two, more] = [0, 20, 40].map((from) => Array.from({ length: 20 }, (_, n) => sentence(from + n)));
    const at = stage({
      limits: { maxStreamBytes: 9_000 },
      providers: {
        "a.test": plays([...(one ?? []), "CUT"]),
        "b.test": plays([sentence(19), ...(two ?? []), "CUT"]),
        "c.test": plays([sentence(39), ...(more ?? []), STOP]),
      },
    });
    const { end } = await read(at);

    expect(end.failure?.kind).toBe("answer_too_large");
  });

  it("has room for the words that it repeats, where nearly all of the caller's bound was said", async () => {
    const asked: Record<string, unknown>[] = [];
    const said = `${BEGINNING}${REST} `.repeat(2);
    const at = stage({
      providers: { "a.test": plays([text(said), "CUT"]), "b.test": plays([text(said.slice(-200)), STOP], asked) },
    });
    await read(at, { max_tokens: 80 });

    expect(asked[0]?.["max_tokens"]).toBeGreaterThan(25);
  });
});

describe("a job's run that goes on with a lost one", () => {
  const lost: Call["from"] = {
    kind: "job",
    tenant: "d",
    user: null,
    token: null,
    deadlineMs: 30_000,
    said: { head: HEAD, text: BEGINNING },
  };

  it("is asked for the rest, and its usage has the lost run's prompt in it", async () => {
    const at = stage({ call: { from: lost }, providers: rest([]) });
    const { out, end } = await read(at, { messages: [{ role: "user", content: "x".repeat(40_000) }] });

    expect(out).toContain(JSON.stringify(REST));
    expect(end.usage.promptTokens).toBeGreaterThan(15_000);
  });

  it("says that a smaller model went on with it", async () => {
    const routes = [first, route("smaller/b/four")];
    const providers = { "a.test": refuses, "b.test": plays([text(QUOTE + REST), STOP]) };
    const at = stage({ call: { from: lost }, routes, providers });
    await read(at);

    expect(at.trail.told).toMatchObject({ from_fallback: true, degraded: "smaller_model" });
  });

  it.each([
    ["for JSON", {}, { response_format: { type: "json_object" } }],
    ["for two choices", {}, { n: 2 }],
    ["of a kind that is never gone on with", { kinds: { strict: { continue: false } } }, { model: "strict" }],
  ])("begins anew where it was asked %s", async (_what, more, request) => {
    const asked: Record<string, unknown>[] = [];
    const at = stage({ ...more, call: { from: lost }, providers: rest(asked) });
    await read(at, request);

    expect(asked.map(({ messages }) => messages)).toEqual([[{ role: "user", content: "hello" }]]);
  });
});

const event = (type: string, more: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const start = (index: number, content_block: object): string => event("content_block_start", { index, content_block });
const say = (index: number, said: string): string =>
  start(index, { type: "text", text: "" }) +
  event("content_block_delta", { index, delta: { type: "text_delta", text: said } }) +
  event("content_block_stop", { index });

describe("an answer in Anthropic's language", () => {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const begins = event("message_start", {
    message: { id: "m", type: "message", role: "assistant", model: "c", content: [], stop_reason: null, usage },
  });
  const ends = event("message_delta", { delta: { stop_reason: "end_turn" }, usage }) + event("message_stop");
  const call: Partial<Call> = {
    dialect: "anthropic",
    native: {
      body: { model: "auto", max_tokens: 1_000, messages: [{ role: "user", content: "hi" }] },
      headers: {},
      onlyNative: null,
    },
  };
  const cutAfter = (more: string): Spine =>
    stage({
      routes: [first, second].map((each) => ({ ...each, api: "anthropic" as const })),
      call,
      providers: {
        "a.test": plays([begins, say(0, BEGINNING), more, "CUT"]),
        "b.test": plays([begins, say(0, QUOTE + REST), ends]),
      },
    });

  it("is gone on with between two blocks", async () => {
    const { out, end } = await read(cutAfter(event("ping")));

    expect(end.failure).toBeNull();
    expect(out).toContain(JSON.stringify(REST));
  });

  it.each([
    ["a server's tool", { type: "server_tool_use", id: "s", name: "web_search", input: {} }],
    ["a thought", { type: "thinking", thinking: "", signature: "" }],
    ["a tool call", { type: "tool_use", id: "t", name: "look", input: {} }],
  ])("that was cut within %s ends in an error, and not as if that were whole", async (_what, block) => {
    const { out, end } = await read(cutAfter(start(1, block)));

    expect(end.failure?.kind).toBe("stream_cut");
    expect(out).toMatch(/event: error\n.*\n\n$/);
    expect(out).not.toContain("grateful");
  });
});
