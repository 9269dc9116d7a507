/**
 * OpenAI's own error bodies.
 * https://platform.openai.com/docs/guides/error-codes/api-errors
 */
import type { ReplyFault } from "../../faults.ts";
import { type ErrorContext, type HttpReply, jsonReply } from "../wire-format.ts";

/** The SDK types no error body: https://platform.openai.com/docs/api-reference/debugging-requests */
export interface ErrorObject {
  readonly message: string;
  readonly type: string | null;
  readonly param: string | null;
  readonly code: string | null;
}

export const serverError: ErrorObject = {
  message: "The server had an error while processing your request. Sorry about that!",
  type: "server_error",
  param: null,
  code: null,
};

export const errors: Record<ReplyFault, (context: ErrorContext) => HttpReply> = {
  "429": ({ model, arg }) =>
    errorReply(
      429,
      {
        message: `Rate limit reached for ${model} in organization org-simulated on requests per min (RPM): Limit 500, Used 500, Requested 1.${arg === "" ? "" : ` Please try again in ${arg}s.`} Visit https://platform.openai.com/account/rate-limits to learn more.`,
        type: "requests",
        code: "rate_limit_exceeded",
      },
      arg === "" ? {} : { "retry-after": arg },
    ),
  quota: () =>
    errorReply(429, {
      message:
        "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
      type: "insufficient_quota",
      code: "insufficient_quota",
    }),
  "500": () => errorReply(500, serverError),
  "503": ({ arg }) => errorReply(503, overloaded, arg === "" ? {} : { "retry-after": arg }),
  "529": () => errorReply(529, overloaded),
  context: () =>
    errorReply(400, {
      message:
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 143205 tokens. Please reduce the length of the messages.",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    }),
  filter: ({ arg }) => (arg === "policy" ? policyViolation() : azureFilter()),
  // https://help.openai.com/en/articles/5955604: the code names the cause, the type stays `insufficient_quota`.
  credit: () =>
    errorReply(429, {
      message:
        "Your organization has no prepaid credits remaining. Add credits in your billing settings to continue: https://platform.openai.com/settings/organization/billing.",
      type: "insufficient_quota",
      code: "credit_balance_exhausted",
    }),
  "bad-key": () => wrongKey("sk-sim**********************0000"),
  "model-missing": ({ model }) =>
    errorReply(404, {
      message: `The model \`${model}\` does not exist or you do not have access to it.`,
      type: "invalid_request_error",
      code: "model_not_found",
    }),
  // https://github.com/home-assistant/core/issues/120072
  region: () =>
    errorReply(403, {
      message: "Country, region, or territory not supported",
      type: "request_forbidden",
      code: "unsupported_country_region_territory",
    }),
};

export function errorReply(
  status: number,
  error: Partial<ErrorObject> & { readonly message: string },
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  const { message, type = null, param = null, code = null } = error;
  return jsonReply(status, { error: { message, type, param, code } }, headers);
}

export function wrongKey(shown: string): HttpReply {
  return errorReply(401, {
    message: `Incorrect API key provided: ${shown}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    type: "invalid_request_error",
    code: "invalid_api_key",
  });
}

const overloaded: ErrorObject = {
  message: "The engine is currently overloaded, please try again later.",
  type: "server_error",
  param: null,
  code: null,
};

/** https://github.com/compl-ai/compl-ai/issues/20: `type` is null and the reason stands in `innererror`. */
function azureFilter(): HttpReply {
  const harmless = { filtered: false, severity: "safe" };
  return jsonReply(400, {
    error: {
      message:
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
      type: null,
      param: "prompt",
      code: "content_filter",
      status: 400,
      innererror: {
        code: "ResponsibleAIPolicyViolation",
        content_filter_result: {
          hate: harmless,
          jailbreak: { filtered: false, detected: false },
          self_harm: harmless,
          sexual: harmless,
          violence: { filtered: true, severity: "medium" },
        },
      },
    },
  });
}

function policyViolation(): HttpReply {
  return errorReply(400, {
    message:
      "Your request was rejected as a result of our safety system. Your prompt may contain text that is not allowed by our safety system.",
    type: "invalid_request_error",
    code: "content_policy_violation",
  });
}
