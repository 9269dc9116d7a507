/** Anthropic's error shape. https://platform.claude.com/docs/en/api/errors */
export interface AnthropicError {
  readonly status: number;
  /** Stable; listed in docs/errors.md. */
  readonly code: string;
  readonly message: string;
  /** Of ours: `param`, `retry_after`, `attempts`, `job`. They stand inside `error`, as in OpenAI's shape. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly requestId?: string;
}

export function anthropicErrorBody({ status, code, message, more, requestId }: AnthropicError): object {
  return {
    type: "error",
    error: { type: errorTypeOf(status), message, code, ...more },
    ...(requestId !== undefined && { request_id: requestId }),
  };
}

/** "We may also use this error type for other 4XX status codes not listed below." */
export function errorTypeOf(status: number): string {
  return TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
}

const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

/** The last event of a stream that broke, at which the official SDKs throw. */
export function anthropicErrorEvent(error: AnthropicError): string {
  return `event: error\ndata: ${JSON.stringify(anthropicErrorBody(error))}\n\n`;
}
