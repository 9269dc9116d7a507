/**
 * What an HTTP status means when the body says nothing better. Above 519 it is
 * Cloudflare's edge that speaks for an origin it could not reach.
 * https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
 */
import type { FailureKind } from "../domain/failure.ts";

/** `fromProvider` false: the body is no JSON, so a proxy in front of the API answered. */
export function kindOfStatus(status: number, fromProvider: boolean): FailureKind {
  if (!fromProvider && PROXY_MEANS_NOTHING.has(status)) return "proxy_refused";
  const kind = KIND_OF_STATUS[status];
  if (kind !== undefined) return kind;
  if (status >= 300 && status < 400) return "redirected";
  return status >= 500 ? "server_error" : "unknown_error";
}

/** Said by a firewall's page these mean neither that the caller erred nor that the key is bad. */
const PROXY_MEANS_NOTHING: ReadonlySet<number> = new Set([400, 403, 422]);

const KIND_OF_STATUS: Readonly<Record<number, FailureKind>> = {
  400: "request_rejected",
  401: "auth_failed",
  402: "credit_exhausted",
  403: "auth_failed",
  // Path or model: both are the route's own mistake, and other routes of the account may work.
  404: "model_not_found",
  405: "model_not_found",
  408: "timed_out",
  // The official SDKs try 409 again: a lock that was not free in time.
  409: "server_error",
  410: "model_not_found",
  413: "context_overflow",
  422: "request_rejected",
  425: "server_error",
  429: "rate_limited",
  451: "region_blocked",
  501: "unknown_error",
  503: "overloaded",
  // 504 comes from a gateway at once or late; `timed_out` is for silence that we waited through ourselves.
  504: "server_error",
  520: "reset",
  521: "unreachable",
  522: "timed_out",
  523: "unreachable",
  524: "timed_out",
  525: "unreachable",
  526: "unreachable",
  527: "unreachable",
  // Anthropic's own word for overload, and Cloudflare's for a site that has too much to do.
  529: "overloaded",
  530: "unreachable",
};
