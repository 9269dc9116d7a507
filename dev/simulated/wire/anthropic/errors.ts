/**
 * Anthropic's own error bodies: https://platform.claude.com/docs/en/api/errors
 */
import type Anthropic from "@anthropic-ai/sdk";
import type { ReplyFault } from "../../faults.ts";
import { emptyAnswer } from "../../model/answer.ts";
import { idFrom } from "../../model/pick.ts";
import type { Question } from "../../model/question.ts";
import { bytesOf, type ErrorContext, type HttpReply, jsonReply } from "../wire-format.ts";
import { framesOf, wholeOf } from "./reply.ts";

export const errors: Record<ReplyFault, (context: ErrorContext) => HttpReply> = {
  "429": ({ arg }) =>
    errorReply(
      429,
      "rate_limit_error",
      "This request would exceed your organization's rate limit of 50 requests per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later.",
      arg === "" ? {} : { "retry-after": arg },
    ),
  quota: ({ arg }) => (arg === "own-limit" ? ownLimit() : tierLimit()),
  "500": () => errorReply(500, "api_error", "Internal server error"),
  "503": ({ arg }) => errorReply(503, "api_error", "Service unavailable", arg === "" ? {} : { "retry-after": arg }),
  "529": () => errorReply(529, "overloaded_error", "Overloaded"),
  context: () => errorReply(400, "invalid_request_error", "prompt is too long: 213205 tokens > 200000 maximum"),
  filter: refusal,
  // https://github.com/anthropics/claude-code/issues/66314
  credit: () =>
    errorReply(
      400,
      "invalid_request_error",
      "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
    ),
  "bad-key": () => errorReply(401, "authentication_error", "invalid x-api-key"),
  "model-missing": ({ model }) => errorReply(404, "not_found_error", `model: ${model}`),
  // From the edge in front of the API, in a shape of its own: https://github.com/enricoros/big-AGI/issues/485
  region: () => jsonReply(403, { error: { type: "forbidden", message: "Request not allowed" } }),
};

export function errorReply(
  status: number,
  type: Anthropic.ErrorType,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  const body = errorBody(type, message);
  return { status, headers: { "content-type": "application/json", ...headers }, body };
}

export function errorBody(type: Anthropic.ErrorType, message: string, details?: Anthropic.ErrorDetails): string {
  return JSON.stringify({
    type: "error",
    error: { details: details ?? null, type, message },
    request_id: `req_011${idFrom(message, 21)}`,
  });
}

/**
 * The usage tier's monthly cap; no `retry-after` comes with it.
 * https://platform.claude.com/docs/en/api/rate-limits, https://github.com/can1357/oh-my-pi/pull/5418
 */
function tierLimit(): HttpReply {
  const message = "This request would exceed your account's monthly spend limit. Please try again later.";
  return {
    ...jsonReply(429, {}),
    body: errorBody("rate_limit_error", message, { error_code: "enforced_spend_limit_reached" }),
  };
}

/** A limit that the customer set: a 400, and the words tell when it ends. https://github.com/anthropics/claude-code/issues/2127 */
function ownLimit(): HttpReply {
  return errorReply(
    400,
    "invalid_request_error",
    "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
  );
}

/** Not an error but an answer: https://platform.claude.com/docs/en/test-and-evaluate/strengthen-guardrails/handle-streaming-refusals */
function refusal({ model, streamed }: ErrorContext): HttpReply {
  const answer = emptyAnswer(questionFor(model), "refusal");
  const stamp = { id: `msg_01${idFrom(model, 22)}`, model, showsThinking: true };
  if (!streamed) return { ...jsonReply(200, {}), body: wholeOf(answer, stamp) };
  return {
    status: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8" },
    body: Buffer.concat(framesOf(answer, stamp).map((frame) => bytesOf(frame.text))),
  };
}

export function questionFor(model: string): Question {
  return {
    model,
    system: "",
    turns: [],
    images: 0,
    tools: [],
    toolChoice: { kind: "none" },
    parallelTools: true,
    format: { kind: "text" },
    stop: [],
    maxTokens: undefined,
    thinks: false,
    cacheable: false,
    seed: undefined,
  };
}
