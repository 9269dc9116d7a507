/**
 * Bedrock's own errors: the name in a header, the words in the body.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 */
import type { ReplyFault } from "../../faults.ts";
import { emptyAnswer } from "../../model/answer.ts";
import { questionFor } from "../anthropic/errors.ts";
import { bytesOf, type ErrorContext, type HttpReply, jsonReply } from "../wire-format.ts";
import { framesOf, STREAM_TYPE, wholeOf } from "./reply.ts";

export const UNAVAILABLE = "Bedrock is unable to process your request.";

export const errors: Record<ReplyFault, (context: ErrorContext) => HttpReply> = {
  "429": ({ arg }) =>
    errorReply(
      429,
      "ThrottlingException",
      "Too many tokens, please wait before trying again.",
      arg === "" ? {} : { "retry-after": arg },
    ),
  // https://repost.aws/knowledge-center/bedrock-throttling-error
  quota: () => errorReply(429, "ThrottlingException", "Too many tokens per day, please wait before trying again."),
  "500": () => errorReply(500, "InternalServerException", "The system encountered an unexpected error."),
  "503": ({ arg }) =>
    errorReply(503, "ServiceUnavailableException", UNAVAILABLE, arg === "" ? {} : { "retry-after": arg }),
  "529": () => errorReply(529, "ServiceUnavailableException", UNAVAILABLE),
  context: () => invalid("Input is too long for requested model."),
  filter: filtered,
  // https://github.com/Tracer-Cloud/opensre/pull/1811
  credit: () =>
    errorReply(
      403,
      "AccessDeniedException",
      "Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided. Your AWS Marketplace subscription for this model cannot be completed at this time. If you recently fixed this issue, try again after 5 minutes.",
    ),
  "bad-key": () => wrongKey(),
  "model-missing": () => invalid("The provided model identifier is invalid."),
  // https://github.com/aws-samples/generative-bi-using-rag/issues/361
  region: () =>
    invalid(
      "Access to Anthropic models is not allowed from unsupported countries, regions, or territories. Please refer to https://www.anthropic.com/supported-countries for more information on the countries and regions Anthropic currently supports.",
    ),
};

export function errorReply(
  status: number,
  name: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  const errortype = `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`;
  return jsonReply(status, { message }, { "x-amzn-errortype": errortype, ...headers });
}

export function invalid(message: string): HttpReply {
  return errorReply(400, "ValidationException", message);
}

/** From what stands in front of the service, with a capital letter. https://github.com/anomalyco/opencode/issues/47073 */
export function wrongKey(): HttpReply {
  return {
    ...errorReply(403, "AccessDeniedException", ""),
    body: JSON.stringify({ Message: "Authentication failed: Please make sure your API Key is valid." }),
  };
}

/** Not an error but an answer, with `policy` one of a guardrail's. */
function filtered({ model, arg, streamed }: ErrorContext): HttpReply {
  const answer = emptyAnswer(questionFor(model), "refusal");
  const reason = arg === "policy" ? "guardrail_intervened" : "content_filtered";
  if (!streamed) return { ...jsonReply(200, {}), body: wholeOf(answer, reason) };
  return {
    status: 200,
    headers: { "content-type": STREAM_TYPE },
    body: Buffer.concat(framesOf(answer, reason).map((frame) => bytesOf(frame.text))),
  };
}
