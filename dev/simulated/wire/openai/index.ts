import type OpenAI from "openai";
import { idFrom } from "../../model/pick.ts";
import { bodyField } from "../body-field.ts";
import { type HttpReply, jsonReply, type WireFormat } from "../wire-format.ts";
import { authorise } from "./authorise.ts";
import { errorReply, errors, serverError } from "./errors.ts";
import { understand } from "./understand.ts";

/** OpenAI's Chat Completions, as OpenAI, Azure, NVIDIA, LM Studio, Ollama and most gateways speak it. */
export const openai: WireFormat = {
  name: "openai",
  owns: ({ path }) => path.endsWith("/chat/completions") || path.endsWith("/models"),
  models: (received) =>
    received.path.endsWith("/models") && received.method === "GET" ? (authorise(received) ?? modelList()) : undefined,
  modelOf: ({ body }) => bodyField(body, "model")?.toString(),
  wantsStream: ({ body }) => bodyField(body, "stream") === true,
  authorise,
  understand,
  errors,
  ownMistake: (message) =>
    errorReply(400, { message: `simulated provider: ${message}`, type: "invalid_request_error", param: "model" }),
  // Errors after the headers come as a data line with `error`, which every OpenAI SDK throws as an APIError.
  inBandError: {
    event: `data: ${JSON.stringify({ error: serverError })}\n\n`,
    json: JSON.stringify({ error: serverError }),
  },
  malformedEvent:
    'data: {"id":"chatcmpl-broken","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"con\n\n',
  keepAlive: ": keep-alive\n\n",
  responseHeaders: (seed) => ({ "x-request-id": `req_${idFrom(seed, 32)}`, "openai-processing-ms": "12" }),
  // https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
  limitHeaders: (leftPercent) => ({
    "x-ratelimit-limit-requests": "500",
    "x-ratelimit-limit-tokens": "200000",
    "x-ratelimit-remaining-requests": String(5 * leftPercent),
    "x-ratelimit-remaining-tokens": "199976",
    "x-ratelimit-reset-requests": "10s",
    "x-ratelimit-reset-tokens": "7ms",
  }),
};

function modelList(): HttpReply {
  const data = ["sim-large", "sim-small", "sim-think"].map((id): OpenAI.Model => ({
    id,
    object: "model",
    created: 1_760_000_000,
    owned_by: "simulated",
  }));
  return jsonReply(200, { object: "list", data });
}
