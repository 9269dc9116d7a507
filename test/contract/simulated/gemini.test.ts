import {
  type Content,
  FinishReason,
  type FunctionCall,
  FunctionCallingConfigMode,
  type GenerateContentResponse,
  ThinkingLevel,
} from "@google/genai";
import { describe, expect, it } from "vitest";
import { geminiClient, LONG_TEXT, PIXEL, readAll, startForTests, TICKET_SCHEMA, TIME, WEATHER } from "./clients.ts";

const providers = await startForTests();
const { models } = geminiClient(providers.url);
const asked = { model: "sim-large", contents: "Why is the sea salty?", config: { systemInstruction: "Be brief." } };

function toolOf(tool: typeof WEATHER | typeof TIME) {
  return { name: tool.name, description: tool.description, parametersJsonSchema: tool.schema };
}

function namesOf(response: GenerateContentResponse): (string | undefined)[] {
  return (response.functionCalls ?? []).map((call) => call.name);
}

function contentOf(response: GenerateContentResponse): Content {
  const content = response.candidates?.[0]?.content;
  if (content === undefined) throw new Error("no content");
  return content;
}

function resultsFor(calls: readonly FunctionCall[] | undefined): Content {
  const parts = (calls ?? []).map((call) => ({
    functionResponse: {
      name: call.name ?? "",
      response: { output: "21 degrees" },
      ...(call.id === undefined ? {} : { id: call.id }),
    },
  }));
  return { role: "user", parts };
}

describe("a simulated provider asked by Google's SDK", () => {
  it("answers with text, a finish reason and usage that adds up", async () => {
    const response = await models.generateContent(asked);
    const { promptTokenCount = 0, candidatesTokenCount = 0, totalTokenCount } = response.usageMetadata ?? {};

    expect(response.text).toMatch(/salty/);
    expect(response.candidates?.[0]?.finishReason).toBe(FinishReason.STOP);
    expect(response.modelVersion).toBe("sim-large");
    expect(totalTokenCount).toBe(promptTokenCount + candidatesTokenCount);
    expect(providers.calls[0]?.headers["x-goog-api-key"]).toBe("simulated");
  });

  it("streams the same answer, the finish reason with the last words", async () => {
    const whole = await models.generateContent(asked);
    const { events } = await readAll(models.generateContentStream(asked));

    expect(events.map((event) => event.text).join("")).toBe(whole.text);
    expect(events.map((event) => event.candidates?.[0]?.finishReason).filter(Boolean)).toEqual([FinishReason.STOP]);
    expect(events.at(-1)?.text).not.toBe("");
    expect(events.at(-1)?.usageMetadata).toEqual(whole.usageMetadata);
  });

  it("calls a tool in parallel, and speaks once it has the results", async () => {
    const config = { tools: [{ functionDeclarations: [toolOf(WEATHER)] }] };
    const turn: Content = { role: "user", parts: [{ text: "Get weather for both Lisbon and Porto, please" }] };
    const first = await models.generateContent({ model: "sim-large", contents: [turn], config });

    expect(first.functionCalls?.map((call) => call.args?.city)).toEqual(["Lisbon", "Porto"]);
    expect(first.candidates?.[0]?.finishReason).toBe(FinishReason.STOP);

    const contents = [turn, contentOf(first), resultsFor(first.functionCalls)];
    expect((await models.generateContent({ model: "sim-large", contents, config })).text).toMatch(/21 degrees/);
  });

  it("streams its tool calls", async () => {
    const config = { tools: [{ functionDeclarations: [toolOf(WEATHER), toolOf(TIME)] }] };
    const { events } = await readAll(
      models.generateContentStream({ model: "sim-large", contents: "get_weather and get_time", config }),
    );

    expect(events.flatMap(namesOf)).toEqual(["get_weather", "get_time"]);
  });

  it("obeys the function calling mode", async () => {
    const tools = [{ functionDeclarations: [toolOf(WEATHER), toolOf(TIME)] }];
    const { ANY, NONE } = FunctionCallingConfigMode;
    const ask = (
      contents: string,
      functionCallingConfig: { mode: FunctionCallingConfigMode; allowedFunctionNames?: string[] },
    ) =>
      models.generateContent({
        model: "sim-large",
        contents,
        config: { tools, toolConfig: { functionCallingConfig } },
      });

    expect(namesOf(await ask("Hello", { mode: ANY, allowedFunctionNames: ["get_time"] }))).toEqual(["get_time"]);
    expect(namesOf(await ask("Hello", { mode: ANY }))).toHaveLength(1);
    expect(namesOf(await ask("use the tool", { mode: NONE }))).toEqual([]);
  });

  it("signs the first call of a Gemini 3, and wants the signature back", async () => {
    const config = { tools: [{ functionDeclarations: [toolOf(WEATHER), toolOf(TIME)] }] };
    const turn: Content = { role: "user", parts: [{ text: "get_weather and get_time" }] };
    const ask = (contents: Content[]) => models.generateContent({ model: "gemini-3-flash", contents, config });
    const first = await ask([turn]);
    const content = contentOf(first);
    const results = resultsFor(first.functionCalls);
    const signatures = (content.parts ?? []).map((part) => part.thoughtSignature !== undefined);
    const unsigned = {
      role: "model",
      parts: (content.parts ?? []).map(({ functionCall }) => ({ ...(functionCall && { functionCall }) })),
    };

    expect(signatures).toEqual([true, false]);
    expect((await ask([turn, content, results])).text).toMatch(/21 degrees/);
    await expect(ask([turn, unsigned, results])).rejects.toThrow(/missing a thought_signature/);
  });

  it("fills a JSON schema", async () => {
    const config = { responseMimeType: "application/json", responseJsonSchema: TICKET_SCHEMA };
    const { text } = await models.generateContent({ ...asked, config });

    expect(JSON.parse(text ?? "")).toMatchObject({ priority: expect.stringMatching(/low|high/) });
  });

  it("sees images by URL and by data", async () => {
    const { text } = await models.generateContent({
      model: "sim-large",
      contents: [
        { text: "What is in these pictures?" },
        { inlineData: { mimeType: "image/png", data: PIXEL } },
        { fileData: { mimeType: "image/png", fileUri: "https://example.com/cat.png" } },
      ],
    });

    expect(text).toMatch(/2 images/);
  });

  it("stops at a stop sequence and at the token limit", async () => {
    const contents = "say: one two three four five";

    const stopped = await models.generateContent({ ...asked, contents, config: { stopSequences: ["four"] } });
    const limited = await models.generateContent({ ...asked, contents, config: { maxOutputTokens: 2 } });
    expect(stopped.text).toBe("one two three ");
    expect(limited.candidates?.[0]?.finishReason).toBe(FinishReason.MAX_TOKENS);
    expect(limited.usageMetadata?.candidatesTokenCount).toBe(2);
  });

  it("counts thoughts beside the answer, and shows them when asked", async () => {
    const thinkingConfig = { thinkingLevel: ThinkingLevel.LOW, includeThoughts: true };
    const shown = await models.generateContent({
      ...asked,
      config: { thinkingConfig, seed: 7, temperature: 0, topP: 1 },
    });
    const off = await models.generateContent({ ...asked, config: { thinkingConfig: { thinkingBudget: 0 } } });

    expect(contentOf(shown).parts?.map((part) => part.thought ?? false)).toEqual([true, false]);
    expect(shown.usageMetadata?.thoughtsTokenCount).toBeGreaterThan(0);
    expect(off.usageMetadata?.thoughtsTokenCount).toBeUndefined();
  });

  it("counts cached tokens", async () => {
    const { usageMetadata } = await models.generateContent({ model: "sim-large", contents: LONG_TEXT });

    expect(usageMetadata?.cachedContentTokenCount).toBe(1152);
  });

  it("lists its models", async () => {
    const names: (string | undefined)[] = [];
    for await (const model of await models.list()) names.push(model.name);

    expect(names).toContain("models/sim-large");
  });
});
