import { describe, expect, it } from "vitest";
import { assistant, image, sent, tool, user } from "../../support/provider-requests.ts";

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
