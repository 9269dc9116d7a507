/** A refusal as HTTP tells it. */
export interface HttpRefusal {
  readonly status: number;
  readonly type:
    | "invalid_request_error"
    | "authentication_error"
    | "permission_error"
    | "rate_limit_error"
    | "api_error"
    | "upstream_error";
  readonly message: string;
  readonly param?: string | null;
  readonly retryAfterMs?: number;
  /** Which limit was reached, such as `tenant.requestsPerMinute`. */
  readonly limit?: string;
  /** When a budget begins anew. */
  readonly resetsInMs?: number;
  readonly failures?: readonly string[];
  readonly code?: string;
  readonly allow?: string;
}
