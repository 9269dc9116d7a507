import type Anthropic from "@anthropic-ai/sdk";
import { idFrom } from "../../model/pick.ts";
import { bodyField } from "../body-field.ts";
import { type HttpReply, jsonReply, type WireFormat } from "../wire-format.ts";
import { authorise } from "./authorise.ts";
import { errorBody, errorReply, errors } from "./errors.ts";
import { understand } from "./understand.ts";

/** Anthropic's Messages API: https://platform.claude.com/docs/en/api/messages */
export const anthropic: WireFormat = {
  name: "anthropic",
  owns: ({ path, headers }) =>
    path.endsWith("/v1/messages") || (path.endsWith("/v1/models") && headers["anthropic-version"] !== undefined),
  models: (received) =>
    received.path.endsWith("/v1/models") && received.method === "GET"
      ? (authorise(received) ?? modelList())
      : undefined,
  modelOf: ({ body }) => bodyField(body, "model")?.toString(),
  wantsStream: ({ body }) => bodyField(body, "stream") === true,
  authorise,
  understand,
  errors,
  ownMistake: (message) => errorReply(400, "invalid_request_error", `model: simulated provider: ${message}`),
  // https://platform.claude.com/docs/en/build-with-claude/streaming#error-events
  inBandError: {
    event: `event: error\ndata: ${errorBody("overloaded_error", "Overloaded")}\n\n`,
    json: errorBody("overloaded_error", "Overloaded"),
  },
  malformedEvent:
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_d\n\n',
  keepAlive: 'event: ping\ndata: {"type":"ping"}\n\n',
  responseHeaders: (seed) => ({ "request-id": `req_011${idFrom(seed, 21)}` }),
  // https://docs.anthropic.com/en/api/rate-limits#response-headers
  limitHeaders: (leftPercent) => {
    const reset = new Date(Date.now() + 10_000).toISOString().replace(/\.\d+Z$/, "Z");
    return {
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": String(Math.floor(leftPercent / 2)),
      "anthropic-ratelimit-requests-reset": reset,
      "anthropic-ratelimit-input-tokens-limit": "30000",
      "anthropic-ratelimit-input-tokens-remaining": "30000",
      "anthropic-ratelimit-input-tokens-reset": reset,
    };
  },
};

function modelList(): HttpReply {
  const data = ["sim-large", "sim-small", "sim-think"].map(
    (id): Pick<Anthropic.ModelInfo, "id" | "type" | "display_name" | "created_at"> => ({
      type: "model",
      id,
      display_name: id,
      created_at: "2026-01-01T00:00:00Z",
    }),
  );
  return jsonReply(200, { data, has_more: false, first_id: "sim-large", last_id: "sim-think" });
}
