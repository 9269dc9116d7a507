/**
 * Amazon names an error in a header or in the body, always with its namespace:
 *   x-amzn-errortype: ThrottlingException:http://internal.amazon.com/…
 *   {"__type":"com.amazon.coral.service#AccessDeniedException","Message":"…"}
 * https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 */
import type { Failure, FailureKind } from "../../domain/failure.ts";
import { classifyError, type Dictionary, messageOf } from "../classify-error.ts";
import { type ErrorBody, readErrorBody } from "../error-body.ts";
import { failureOf } from "../failure-of.ts";
import { jsonObjectOf } from "../json-object.ts";
import { retryAfterMs } from "../retry-after.ts";

export function fromError(status: number, headers: Headers, raw: string, now: number): Failure {
  const body = namedBody(headers.get("x-amzn-errortype"), raw);
  const kind = kindOf(body) ?? classifyError(status, body, DICTIONARY);
  return failureOf(kind, {
    message: messageOf(status, raw, body),
    status,
    retryAfterMs: retryAfterMs(headers, now),
    // A model's quota in one region.
    oneModelOnly: kind === "quota_exhausted",
    param: body?.param,
  });
}

/** One that came as an event of the stream, and is named with a small first letter there. */
export function exceptionOf(name: string, data: string, now: number): Failure {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  return fromError(200, new Headers({ "x-amzn-errortype": type }), data === "" ? "{}" : data, now);
}

/** `codes`: before the words, because "Too many tokens, please wait" is no overflow of the context. */
const DICTIONARY: Dictionary = {
  codes: {
    ThrottlingException: "rate_limited",
    ThrottledException: "rate_limited",
    TooManyRequestsException: "rate_limited",
    ServiceQuotaExceededException: "quota_exhausted",
    ModelNotReadyException: "overloaded",
    ServiceUnavailableException: "overloaded",
    ServiceUnavailable: "overloaded",
    ModelTimeoutException: "timed_out",
    ResourceNotFoundException: "model_not_found",
  },
  types: {
    AccessDeniedException: "auth_failed",
    ValidationException: "request_rejected",
    ValidationError: "request_rejected",
    InternalServerException: "server_error",
    InternalFailure: "server_error",
    ModelErrorException: "server_error",
    ModelStreamErrorException: "server_error",
    ConflictException: "server_error",
  },
};

/** What stands in front of the service, some of it with a 400: who calls, and is it signed? */
const OF_THE_CALLERS_KEY = /Token(?:Id|Exception)?$|Signature|^UnrecognizedClient|^NotAuthorized|^RequestExpired/;

/** What Bedrock alone says in words, of one model or of the account. From its start: further on it may quote the caller. */
const WORDINGS: readonly (readonly [RegExp, FailureKind])[] = [
  // https://repost.aws/knowledge-center/bedrock-throttling-error: "Too many tokens per day, please wait before trying again."
  [/^too many (?:tokens|requests) per day/i, "quota_exhausted"],
  // A model that was not granted, or does not exist, or is called only through an inference profile: the route's own mistake.
  [
    /^(?:you don.t have access to the model|the provided model identifier is invalid|invocation of model id \S+ with on-demand|model use case details)/i,
    "model_not_found",
  ],
  // https://github.com/Tracer-Cloud/opensre/pull/1811
  [/^model access is denied due to invalid_payment_instrument/i, "credit_exhausted"],
  [/^operation not allowed$/i, "auth_failed"],
];

function kindOf(body: ErrorBody | null): FailureKind | undefined {
  if (body?.words.some((word) => OF_THE_CALLERS_KEY.test(word))) return "auth_failed";
  return body === null ? undefined : WORDINGS.find(([words]) => words.test(body.message))?.[1];
}

/** "… Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint …", and what Claude itself found wrong. */
const FIELD = /(?:at '|the following errors: )([a-zA-Z_]+(?:\.[\w.]+)*)(?:' failed to satisfy|: )/;

function namedBody(header: string | null, raw: string): ErrorBody | null {
  const body = readErrorBody(raw);
  if (body === null) return null;
  const { __type: type, Message: message } = jsonObjectOf(raw) ?? {};
  const name = /([A-Za-z]+)(?::|$)/.exec((header ?? textIn(type)).replace(/^.*#/, ""))?.[1];
  const said = body.message || textIn(message);
  return {
    ...body,
    message: said,
    param: FIELD.exec(said)?.[1],
    words: name === undefined ? body.words : [name, ...body.words],
  };
}

function textIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}
