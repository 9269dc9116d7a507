import { describe, expect, it } from "vitest";
import type { ApiId, Route } from "../../../src/domain/route.ts";
import { providers } from "../../../src/providers/all.ts";
import { chatRequest, routeTo } from "../../support/providers.ts";

function sent(api: ApiId, fields: Readonly<Record<string, unknown>>, overrides: Partial<Route> = {}, stream = false) {
  const wire = providers[api].toRequest(chatRequest(fields), routeTo(api, overrides), stream);
  return { ...wire, body: JSON.parse(wire.body) };
}

const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown, ...calls: readonly (readonly [id: string, name: string, args: string])[]) => ({
  role: "assistant",
  content,
  ...(calls.length > 0 && {
    tool_calls: calls.map(([id, name, args]) => ({ id, type: "function", function: { name, arguments: args } })),
  }),
});
const tool = (id: string, content: unknown) => ({ role: "tool", tool_call_id: id, content });
const image = (url: string) => ({ type: "image_url", image_url: { url } });
const text = (words: string) => ({ type: "text", text: words });

describe.each<ApiId>(["openai", "anthropic", "gemini"])("a request to %s", (api) => {
  it("asks for no compression and adds the map's headers", () => {
    const { headers } = sent(api, {}, { headers: { "X-Team": "lisbon" } });
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "accept-encoding": "identity",
      "x-team": "lisbon",
    });
  });

  it("keeps the key out of URL and body, and needs none", () => {
    const withKey = sent(api, {}, { key: "sk-very-secret" });
    expect(Object.values(withKey.headers).join()).toContain("sk-very-secret");
    expect(withKey.url + JSON.stringify(withKey.body)).not.toContain("sk-very-secret");
    expect(Object.keys(sent(api, {}, { key: null }).headers)).not.toContain(
      { openai: "authorization", anthropic: "x-api-key", gemini: "x-goog-api-key" }[api],
    );
  });
});

describe("the address", () => {
  it.each([
    ["openai", "https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"],
    ["openai", "http://127.0.0.1:1234/any/path", "http://127.0.0.1:1234/any/path/chat/completions"],
    ["anthropic", "https://api.anthropic.com", "https://api.anthropic.com/v1/messages"],
    ["anthropic", "https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"],
    ["anthropic", "https://gateway.example/anthropic", "https://gateway.example/anthropic/v1/messages"],
    ["gemini", "https://g.example", "https://g.example/v1beta/models/gemini-3-flash:generateContent"],
    ["gemini", "https://g.example/v1", "https://g.example/v1/models/gemini-3-flash:generateContent"],
    ["gemini", "https://g.example/v1beta", "https://g.example/v1beta/models/gemini-3-flash:generateContent"],
  ] as const)("of %s at %s is %s", (api, baseUrl, url) => {
    expect(sent(api, {}, { baseUrl }).url).toBe(url);
  });

  it("of a Gemini stream asks for events, and takes a model with its folder", () => {
    expect(sent("gemini", {}, { model: "models/gemini-3-flash" }, true).url).toBe(
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse",
    );
  });
});

describe("OpenAI's body", () => {
  const fields = {
    messages: [
      user([text("Look"), image("https://x.example/a.png"), { type: "input_audio", input_audio: { data: "" } }]),
    ],
    max_completion_tokens: 5,
    tools: [{ type: "custom", custom: { name: "grammar" } }],
    unheard_of: { deep: [1] },
  };

  it("is the request with the route's model, fields that nobody here knows too", () => {
    expect(sent("openai", fields).body).toEqual({ ...fields, model: "gpt-4o-mini" });
  });

  it("says stream only where it streams", () => {
    const options = { stream_options: { include_usage: true } };
    expect(sent("openai", options, {}, true).body).toMatchObject({ stream: true, ...options });
    const unstreamed = sent("openai", { ...options, stream: true }).body;
    expect(Object.keys(unstreamed)).toEqual(["model", "messages"]);
  });

  it("does not copy the messages", () => {
    const request = chatRequest();
    let copies = 0;
    const messages = new Proxy(request.messages, {
      get(target, name, receiver) {
        if (name === "map" || name === "slice" || name === Symbol.iterator) copies++;
        return Reflect.get(target, name, receiver);
      },
    });
    providers.openai.toRequest({ ...request, messages }, routeTo("openai"), false);
    expect(copies).toBe(0);
  });
});

describe("Anthropic's body", () => {
  it("has a bound on the answer even where the caller set none", () => {
    expect(sent("anthropic", {}).body).toEqual({
      model: "claude-sonnet-4-6",
      max_tokens: 4096,
      messages: [{ role: "user", content: "Hi" }],
    });
    expect(sent("anthropic", { max_tokens: 7 }).body.max_tokens).toBe(7);
    expect(sent("anthropic", { max_tokens: 7, max_completion_tokens: 9 }).body.max_tokens).toBe(9);
  });

  it("lifts every instruction above the conversation", () => {
    const messages = [
      { role: "system", content: "Be brief." },
      user("Hi"),
      { role: "developer", content: [text("Use Portuguese."), text("")] },
    ];
    expect(sent("anthropic", { messages }).body).toMatchObject({
      system: [text("Be brief."), text("Use Portuguese.")],
      messages: [user("Hi")],
    });
  });

  it("joins turns of one role, and drops what is empty", () => {
    const messages = [
      user("One"),
      user(""),
      user([text("Two"), text("  ")]),
      assistant(null),
      assistant("Three"),
      user("Four"),
    ];
    expect(sent("anthropic", { messages }).body.messages).toEqual([
      { role: "user", content: [text("One"), text("Two")] },
      { role: "assistant", content: "Three" },
      { role: "user", content: "Four" },
    ]);
  });

  it("puts the results of parallel calls into one turn, before what the user says next", () => {
    const messages = [
      user("Go"),
      assistant(null, ["call:1", "a", '{"x":1}'], ["call_2", "b", ""], ["call_3", "c", "[1,"]),
      tool("call:1", "one"),
      tool("call_2", [text("two"), text("three")]),
      tool("call_3", ""),
      user("And?"),
    ];
    expect(sent("anthropic", { messages }).body.messages).toEqual([
      { role: "user", content: "Go" },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "call_1", name: "a", input: { x: 1 } },
          { type: "tool_use", id: "call_2", name: "b", input: {} },
          { type: "tool_use", id: "call_3", name: "c", input: { rawInvalidInput: "[1," } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "call_1", content: "one" },
          { type: "tool_result", tool_use_id: "call_2", content: [text("two"), text("three")] },
          { type: "tool_result", tool_use_id: "call_3", content: "" },
          text("And?"),
        ],
      },
    ]);
  });

  it("takes the white space off words that Claude is to go on from", () => {
    const messages = [user("Hi"), assistant("Once upon \n")];
    expect(sent("anthropic", { messages }, { model: "claude-sonnet-4-5" }).body.messages[1].content).toBe("Once upon");
  });

  it("holds no half surrogate pairs", () => {
    expect(sent("anthropic", { messages: [user("a\ud83d")] }).body.messages[0].content).toBe("a\ufffd");
    expect(sent("gemini", { messages: [user("a\ud83d")] }).body.contents[0].parts[0].text).toBe("a\ufffd");
  });

  it("leaves out sampling at its usual value", () => {
    const { body } = sent("anthropic", { temperature: 1, top_p: 1 });
    expect(body).not.toHaveProperty("temperature");
    expect(body).not.toHaveProperty("top_p");
    expect(sent("anthropic", { temperature: 0, stop: "END" }).body).toMatchObject({
      temperature: 0,
      stop_sequences: ["END"],
    });
  });

  it("keeps a refusal as what the assistant said", () => {
    const messages = [user("Hi"), { role: "assistant", content: null, refusal: "I cannot." }, user("Why?")];
    expect(sent("anthropic", { messages }).body.messages[1]).toEqual({ role: "assistant", content: "I cannot." });
  });

  const tools = [{ type: "function", function: { name: "look" } }];
  it.each([
    [undefined, undefined, undefined],
    ["auto", undefined, { type: "auto" }],
    ["none", false, { type: "none" }],
    ["required", false, { type: "any", disable_parallel_tool_use: true }],
    [{ type: "function", function: { name: "look" } }, undefined, { type: "tool", name: "look" }],
    [undefined, false, { type: "auto", disable_parallel_tool_use: true }],
    ["auto", true, { type: "auto" }],
  ])("says the choice %j with parallel calls %s as %j", (choice, parallel, expected) => {
    const fields = { tools, tool_choice: choice, parallel_tool_calls: parallel };
    expect(sent("anthropic", fields).body.tool_choice).toEqual(expected);
    expect(sent("anthropic", fields).body.tools).toEqual([
      { name: "look", input_schema: { type: "object", properties: {} } },
    ]);
  });

  it("closes the objects of a strict tool", () => {
    const parameters = { type: "object", properties: { a: { type: "string", maxLength: 3 } }, required: ["a"] };
    const { body } = sent("anthropic", {
      tools: [{ type: "function", function: { name: "look", parameters, strict: true } }],
    });
    expect(body.tools[0]).toEqual({
      name: "look",
      strict: true,
      input_schema: {
        type: "object",
        properties: { a: { type: "string", description: "{maxLength: 3}" } },
        required: ["a"],
        additionalProperties: false,
      },
    });
  });

  it.each([
    [
      "claude-sonnet-4-6",
      "low",
      { thinking: { type: "adaptive" }, output_config: { effort: "low" }, max_tokens: 5120 },
    ],
    ["claude-opus-4-6", "xhigh", { output_config: { effort: "max" } }],
    ["claude-opus-4-8", "xhigh", { output_config: { effort: "xhigh" } }],
    ["claude-sonnet-5", "minimal", { output_config: { effort: "low" } }],
    ["claude-sonnet-4-6", "none", { thinking: { type: "disabled" }, max_tokens: 4096 }],
    ["claude-haiku-4-5-20251001", "medium", { thinking: { type: "enabled", budget_tokens: 8192 }, max_tokens: 12_288 }],
    ["claude-3-7-sonnet-latest", "low", { thinking: { type: "enabled", budget_tokens: 1024 } }],
  ])("asks %s for effort %s with %j", (model, effort, expected) => {
    expect(sent("anthropic", { reasoning_effort: effort }, { model }).body).toMatchObject(expected);
  });

  it("leaves half of the caller's bound to the answer", () => {
    const fields = { reasoning_effort: "high", max_completion_tokens: 4000 };
    expect(sent("anthropic", fields, { model: "claude-haiku-4-5" }).body).toMatchObject({
      thinking: { type: "enabled", budget_tokens: 2000 },
      max_tokens: 4000,
    });
  });
});

describe("Gemini's body", () => {
  it("is bare where nothing was asked", () => {
    expect(sent("gemini", {}).body).toEqual({ contents: [{ role: "user", parts: [{ text: "Hi" }] }] });
  });

  it("names the function of a result, and answers parallel calls in one turn of their own", () => {
    const messages = [
      user("Go"),
      assistant("Well.", ["c1", "a", '{"x":1}'], ["c2", "b", ""]),
      tool("c1", '{"degrees":20}'),
      tool("c2", "not an object"),
      user("And?"),
    ];
    expect(sent("gemini", { messages }).body.contents).toEqual([
      { role: "user", parts: [{ text: "Go" }] },
      {
        role: "model",
        parts: [
          { text: "Well." },
          {
            functionCall: { id: "c1", name: "a", args: { x: 1 } },
            thoughtSignature: "skip_thought_signature_validator",
          },
          { functionCall: { id: "c2", name: "b", args: {} } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "c1", name: "a", response: { degrees: 20 } } },
          { functionResponse: { id: "c2", name: "b", response: { output: "not an object" } } },
        ],
      },
      { role: "user", parts: [{ text: "And?" }] },
    ]);
  });

  it("gives back the signature that came with a call", () => {
    const call = {
      id: "c1",
      type: "function",
      function: { name: "a", arguments: "{}" },
      extra_content: { google: { thought_signature: "c2ln" } },
    };
    const messages = [user("Go"), { role: "assistant", tool_calls: [call] }, tool("c1", "x")];
    expect(sent("gemini", { messages }).body.contents[1].parts[0].thoughtSignature).toBe("c2ln");
    const older = sent(
      "gemini",
      { messages: [user("Go"), assistant(null, ["c1", "a", "{}"])] },
      { model: "gemini-2.5-flash" },
    );
    expect(older.body.contents[1].parts[0]).not.toHaveProperty("thoughtSignature");
  });

  const tools = [{ type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }];
  it.each([
    [undefined, undefined],
    ["auto", { mode: "AUTO" }],
    ["none", { mode: "NONE" }],
    ["required", { mode: "ANY" }],
    [
      { type: "function", function: { name: "look" } },
      { mode: "ANY", allowedFunctionNames: ["look"] },
    ],
  ])("says the choice %j as %j", (choice, expected) => {
    expect(sent("gemini", { tools, tool_choice: choice }).body.toolConfig?.functionCallingConfig).toEqual(expected);
  });

  it("promises strict arguments", () => {
    const strict = [{ type: "function", function: { name: "look", strict: true } }];
    expect(sent("gemini", { tools: strict }).body.toolConfig).toEqual({ functionCallingConfig: { mode: "VALIDATED" } });
  });

  it.each([
    ["gemini-3-flash", "minimal", { includeThoughts: true, thinkingLevel: "MINIMAL" }],
    ["gemini-3.1-pro-preview", "minimal", { includeThoughts: true, thinkingLevel: "LOW" }],
    ["gemini-flash-latest", "max", { includeThoughts: true, thinkingLevel: "HIGH" }],
    ["gemini-2.5-flash", "high", { includeThoughts: true, thinkingBudget: 24_576 }],
    ["gemini-2.5-flash", "none", { thinkingBudget: 0 }],
    ["gemini-2.0-flash", "none", undefined],
  ])("asks %s for effort %s with %j", (model, effort, expected) => {
    expect(sent("gemini", { reasoning_effort: effort }, { model }).body.generationConfig?.thinkingConfig).toEqual(
      expected,
    );
  });

  it("takes images as data and by URL, with the type where the URL tells it", () => {
    const messages = [
      user([image("data:image/PNG;base64,iVBO"), image("https://x.example/a.JPG?w=1"), image("https://x.example/a")]),
    ];
    expect(sent("gemini", { messages }).body.contents[0].parts).toEqual([
      { inlineData: { mimeType: "image/png", data: "iVBO" } },
      { fileData: { fileUri: "https://x.example/a.JPG?w=1", mimeType: "image/jpeg" } },
      { fileData: { fileUri: "https://x.example/a" } },
    ]);
  });
});
