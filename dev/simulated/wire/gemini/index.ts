import type { Model } from "@google/genai";
import { type HttpReply, jsonReply, type WireFormat } from "../wire-format.ts";
import { authorise } from "./authorise.ts";
import { errorJson, errorReply, errors } from "./errors.ts";
import { CALL_PATH, understand } from "./understand.ts";

/** The Gemini Developer API: https://ai.google.dev/api/generate-content */
export const gemini: WireFormat = {
  name: "gemini",
  owns: ({ path, headers }) =>
    CALL_PATH.test(path) || (MODELS_PATH.test(path) && headers["x-goog-api-key"] !== undefined),
  models: (received) =>
    MODELS_PATH.test(received.path) && received.method === "GET" ? (authorise(received) ?? modelList()) : undefined,
  modelOf: ({ path }) => modelIn(path),
  wantsStream: ({ path }) => path.includes(":stream"),
  authorise,
  understand,
  errors,
  ownMistake: (message) => errorReply(400, "INVALID_ARGUMENT", `simulated provider: ${message}`),
  // The SDK itself looks for `error` in every chunk, with a numeric code.
  inBandError: {
    event: `data: ${errorJson(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")}\n\n`,
    json: errorJson(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
  },
  malformedEvent: 'data: {"candidates":[{"content":{"parts":[{"text":"\n\n',
  keepAlive: ": keep-alive\n\n",
  responseHeaders: () => ({ "x-content-type-options": "nosniff", server: "scaffolding on HTTPServer2" }),
  limitHeaders: () => ({}),
};

/** Others list their models at `/v1/models` too; what tells Google is its header. */
const MODELS_PATH = /\/v1(?:beta)?\/models$/;

function modelIn(path: string): string | undefined {
  const name = CALL_PATH.exec(path)?.groups?.model;
  return name === undefined ? undefined : decodeURIComponent(name);
}

function modelList(): HttpReply {
  const models = ["sim-large", "sim-small", "sim-think"].map((name) => ({
    name: `models/${name}`,
    displayName: name,
    version: "001",
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ["generateContent"],
  })) satisfies Model[];
  return jsonReply(200, { models });
}
