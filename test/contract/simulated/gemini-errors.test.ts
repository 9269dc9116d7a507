import { ApiError, BlockedReason } from "@google/genai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { errorOf, geminiClient, readAll, startForTests, WEATHER } from "./clients.ts";

const providers = await startForTests();
const { models } = geminiClient(providers.url);

function ask(fault: string): Promise<unknown> {
  return models.generateContent({ model: `sim@${fault}`, contents: "Why is the sea salty?" });
}

const Body = z.looseObject({ error: z.looseObject({ code: z.number(), status: z.string(), message: z.string() }) });

/** The SDK's message is the body as it came. */
function bodyOf(error: unknown): z.infer<typeof Body>["error"] {
  return Body.parse(JSON.parse(error instanceof ApiError ? error.message : "{}")).error;
}

async function send(body: object, model = "sim-large"): Promise<{ status: number; message: string }> {
  const response = await fetch(`${providers.url}/gemini/v1beta/models/${model}:generateContent`, {
    method: "POST",
    headers: { "x-goog-api-key": "k" },
    body: JSON.stringify(body),
  });
  return { status: response.status, message: Body.parse(await response.json()).error.message };
}

function violation(quotaId: string): object {
  const quota = expect.objectContaining({ violations: [expect.objectContaining({ quotaId })] });
  return { details: expect.arrayContaining([quota, expect.objectContaining({ retryDelay: "58s" })]) };
}

function declare(parameters: object): object[] {
  return [{ functionDeclarations: [{ name: WEATHER.name, parameters }] }];
}

describe("a wrong key", () => {
  it("is a 400 that names API_KEY_INVALID", async () => {
    const error = await errorOf(
      geminiClient(providers.url, "bad").models.generateContent({ model: "sim", contents: "x" }),
    );

    expect(error).toBeInstanceOf(ApiError);
    expect(bodyOf(error)).toMatchObject({
      code: 400,
      status: "INVALID_ARGUMENT",
      details: [{ reason: "API_KEY_INVALID" }],
    });
  });

  it("is a 403 when there is none, and a key in the URL counts for nothing", async () => {
    const url = `${providers.url}/gemini/v1beta/models/sim:generateContent?key=simulated`;

    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(403);
  });
});

describe("an error that a model name asks for", () => {
  it.each([
    ["429:7", { code: 429, status: "RESOURCE_EXHAUSTED", details: [{ retryDelay: "7s" }] }],
    ["500", { code: 500, status: "INTERNAL" }],
    ["503", { code: 503, status: "UNAVAILABLE" }],
    ["503:7", { code: 503, status: "UNAVAILABLE", details: [{ retryDelay: "7s" }] }],
    ["529", { code: 529, status: "UNAVAILABLE" }],
    ["credit", { code: 429, message: expect.stringMatching(/prepayment credits are depleted/) }],
    ["context", { code: 400, message: expect.stringMatching(/exceeds the maximum number of tokens allowed/) }],
    ["bad-key", { code: 400, details: [{ reason: "API_KEY_INVALID" }] }],
    ["model-missing", { code: 404, status: "NOT_FOUND" }],
    [
      "region",
      { code: 400, status: "FAILED_PRECONDITION", message: expect.stringMatching(/User location is not supported/) },
    ],
  ])("%s is an ApiError with Google's status", async (fault, fields) => {
    const error = await errorOf(ask(fault));

    expect(error).toMatchObject({ status: fields.code });
    expect(bodyOf(error)).toMatchObject(fields);
  });

  it("names one model's quota, or the account's", async () => {
    const model = bodyOf(await errorOf(ask("quota")));
    const account = bodyOf(await errorOf(ask("quota:account")));
    expect(model).toMatchObject(violation("GenerateRequestsPerDayPerProjectPerModel-FreeTier"));
    expect(account).toMatchObject(violation("GenerateRequestsPerDayPerProject-FreeTier"));
  });

  it("is an answer without candidates for the filter, streamed or not", async () => {
    const request = { model: "sim@filter", contents: "x" };
    const whole = await models.generateContent(request);
    const { events } = await readAll(models.generateContentStream(request));

    expect(whole.promptFeedback?.blockReason).toBe(BlockedReason.PROHIBITED_CONTENT);
    expect(events.map((event) => event.promptFeedback?.blockReason)).toEqual([BlockedReason.PROHIBITED_CONTENT]);
  });
});

describe("a wrong request", () => {
  const contents = [{ role: "user", parts: [{ text: "x" }] }];
  const call = { role: "model", parts: [{ functionCall: { name: WEATHER.name, args: {} } }] };
  const result = { functionResponse: { name: WEATHER.name, response: {} } };

  it.each([
    ["no contents", {}, /contents is not specified/],
    ["an unknown field", { contents, max_tokens: 5 }, /Unknown name "max_tokens": Cannot find field/],
    [
      "an unknown field inside",
      { contents, generationConfig: { stop: ["x"] } },
      /Unknown name "stop" at 'generation_config'/,
    ],
    [
      "JSON Schema where OpenAPI is wanted",
      { contents, tools: declare({ type: "object", additionalProperties: false }) },
      /Unknown name "additionalProperties" at 'tools\[0\]\.function_declarations\[0\]\.parameters'/,
    ],
    ["a role of its own", { contents: [{ role: "assistant", parts: [{ text: "x" }] }] }, /valid role/],
    ["empty parts", { contents: [{ role: "user", parts: [] }] }, /must not be empty/],
    [
      "a response without its call",
      { contents: [...contents, { role: "user", parts: [result] }] },
      /immediately after a function call turn/,
    ],
    [
      "more responses than calls",
      { contents: [...contents, call, { role: "user", parts: [result, result] }] },
      /number of function response parts is equal/,
    ],
    ["a schema without its mime type", { contents, generationConfig: { responseSchema: {} } }, /response_mime_type/],
    [
      "names outside the mode that allows them",
      { contents, tools: declare({}), toolConfig: { functionCallingConfig: { allowedFunctionNames: [WEATHER.name] } } },
      /only be set when the mode is ANY/,
    ],
  ])("with %s is a 400 that says so", async (_, body, words) => {
    expect(await send(body)).toEqual({ status: 400, message: expect.stringMatching(words) });
  });
});
