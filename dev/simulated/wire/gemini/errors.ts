/**
 * Google's own error bodies: `google.rpc.Status` as JSON.
 * https://ai.google.dev/gemini-api/docs/troubleshooting, https://cloud.google.com/apis/design/errors
 */
import { BlockedReason, HarmCategory, HarmProbability } from "@google/genai";
import type { ReplyFault } from "../../faults.ts";
import { type ErrorContext, type HttpReply, jsonReply } from "../wire-format.ts";
import type { WireResponse } from "./reply.ts";

const MORE_ABOUT_QUOTAS = {
  "@type": "type.googleapis.com/google.rpc.Help",
  links: [
    { description: "Learn more about Gemini API quotas", url: "https://ai.google.dev/gemini-api/docs/rate-limits" },
  ],
};

export const errors: Record<ReplyFault, (context: ErrorContext) => HttpReply> = {
  "429": ({ arg }) =>
    errorReply(
      429,
      "RESOURCE_EXHAUSTED",
      "Resource has been exhausted (e.g. check quota).",
      arg === "" ? undefined : [retryInfo(`${arg}s`)],
    ),
  quota,
  "500": () =>
    errorReply(
      500,
      "INTERNAL",
      "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
    ),
  "503": ({ arg }) =>
    errorReply(
      503,
      "UNAVAILABLE",
      "The model is overloaded. Please try again later.",
      arg === "" ? undefined : [retryInfo(`${arg}s`)],
    ),
  "529": () => errorReply(529, "UNAVAILABLE", "The model is overloaded. Please try again later."),
  // https://github.com/google-gemini/gemini-cli/issues/4231
  context: () =>
    errorReply(
      400,
      "INVALID_ARGUMENT",
      "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).",
    ),
  filter: blocked,
  // https://github.com/dyad-sh/dyad/issues/3626
  credit: () =>
    errorReply(
      429,
      "RESOURCE_EXHAUSTED",
      "Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.",
    ),
  "bad-key": wrongKey,
  "model-missing": ({ model }) =>
    errorReply(
      404,
      "NOT_FOUND",
      `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
    ),
  // https://github.com/google-gemini/gemini-cli/issues/24641
  region: () => errorReply(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
};

export function errorReply(
  status: number,
  code: string,
  message: string,
  details?: readonly Readonly<Record<string, unknown>>[],
): HttpReply {
  return {
    status,
    headers: { "content-type": "application/json; charset=UTF-8" },
    body: errorJson(status, code, message, details),
  };
}

export function errorJson(
  code: number,
  status: string,
  message: string,
  details?: readonly Readonly<Record<string, unknown>>[],
): string {
  return JSON.stringify({ error: { code, message, status, ...(details === undefined ? {} : { details }) } });
}

/** https://ai.google.dev/gemini-api/docs/api-key: a wrong key is a 400, not a 401. */
export function wrongKey(): HttpReply {
  return errorReply(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
    errorInfo("API_KEY_INVALID"),
  ]);
}

/** https://github.com/ogkalu2/comic-translate/issues/403: it names one model's quota, and when to come back. */
function quota({ model, arg }: ErrorContext): HttpReply {
  const metric = "generativelanguage.googleapis.com/generate_content_free_tier_requests";
  const ofModel = arg !== "account";
  return errorReply(
    429,
    "RESOURCE_EXHAUSTED",
    `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. \n* Quota exceeded for metric: ${metric}, limit: 20${ofModel ? `, model: ${model}` : ""}\nPlease retry in 58.821668433s.`,
    [
      MORE_ABOUT_QUOTAS,
      {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        violations: [
          {
            quotaMetric: metric,
            quotaId: ofModel
              ? "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
              : "GenerateRequestsPerDayPerProject-FreeTier",
            quotaDimensions: ofModel ? { model, location: "global" } : { location: "global" },
            quotaValue: "20",
          },
        ],
      },
      retryInfo("58s"),
    ],
  );
}

/** Not an error but an answer without candidates: https://ai.google.dev/api/generate-content#PromptFeedback */
function blocked({ model, streamed }: ErrorContext): HttpReply {
  const response: WireResponse = {
    promptFeedback: {
      blockReason: BlockedReason.PROHIBITED_CONTENT,
      safetyRatings: [
        { category: HarmCategory.HARM_CATEGORY_DANGEROUS_CONTENT, probability: HarmProbability.HIGH, blocked: true },
      ],
    },
    usageMetadata: { promptTokenCount: 12, totalTokenCount: 12 },
    modelVersion: model,
    responseId: "simulated-blocked",
  };
  if (!streamed) return jsonReply(200, response);
  return {
    status: 200,
    headers: { "content-type": "text/event-stream" },
    body: `data: ${JSON.stringify(response)}\n\n`,
  };
}

function retryInfo(retryDelay: string) {
  return { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay };
}

function errorInfo(reason: string) {
  return {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason,
    domain: "googleapis.com",
    metadata: { service: "generativelanguage.googleapis.com" },
  };
}
