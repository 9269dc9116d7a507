/**
 * The headers of a publish, read strictly: what the documented API does not take
 * is refused, so that a typo or a wish never passes here and fails at the real one.
 * https://upstash.com/docs/qstash/api-reference/messages/publish-a-message
 */
import { z } from "zod";
import { readDelayExpression } from "./delay-expression.ts";
import { durationMs } from "./duration.ts";
import { type FlowControlSettings, readFlowControl } from "./flow-control-value.ts";
import type { Callback } from "./message.ts";

export interface PublishOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly delayMs: number;
  readonly notBefore: number | undefined;
  readonly retries: number;
  readonly retryDelay: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly deduplicationId: string | undefined;
  readonly deduplicateByContent: boolean;
  readonly labels: readonly string[];
  readonly flowControl: FlowControlSettings | undefined;
  readonly callback: Callback | undefined;
  readonly failureCallback: Callback | undefined;
}

/** "If it is not provided, the default of 3 retries is used." */
const DEFAULT_RETRIES = 3;

const FAILURE_CALLBACK = "upstash-failure-callback";
const CALLBACK = "upstash-callback";
const FORWARD = "upstash-forward-";
/** The SDK sends who it is with every call. */
const TELEMETRY = "upstash-telemetry-";

const duration = z
  .string()
  .refine((text) => durationMs(text) !== undefined, "is a duration such as 10s or 1d10h30m")
  .transform((text) => durationMs(text) ?? 0);
const count = z.string().regex(/^\d+$/, "is a whole number").transform(Number);
const httpUrl = z.string().refine(isHttpUrl, "is a URL that begins with http:// or https://");
const expression = z.string().refine((text) => readDelayExpression(text) !== undefined, "is a retry delay expression");

const CallbackHeaders = z.strictObject({
  "upstash-method": z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("POST"),
  "upstash-delay": duration.optional(),
  "upstash-retries": count.optional(),
  "upstash-retry-delay": expression.optional(),
  "upstash-timeout": duration.optional(),
});

const PublishHeaders = CallbackHeaders.extend({
  "upstash-not-before": count.optional(),
  // The colon: found by others at the official development server, which answers 400 to it.
  "upstash-deduplication-id": z
    .string()
    .regex(/^[^:]+$/, "must not contain ':'")
    .optional(),
  "upstash-content-based-deduplication": z.enum(["true", "false"]).default("false"),
  "upstash-label": z.string().min(1).optional(),
  "upstash-flow-control-key": z.string().min(1).optional(),
  "upstash-flow-control-value": z.string().optional(),
  "upstash-callback": httpUrl.optional(),
  "upstash-failure-callback": httpUrl.optional(),
});

/** A string says what is wrong. */
export function readPublishHeaders(headers: Readonly<Record<string, string>>): PublishOptions | string {
  const { own, callback, failureCallback } = sorted(headers);
  const read = PublishHeaders.safeParse(own);
  if (!read.success) return mistake(read.error);
  const given = read.data;
  const flowControl = flowControlOf(given["upstash-flow-control-key"], given["upstash-flow-control-value"]);
  if (typeof flowControl === "string") return flowControl;

  const retries = given["upstash-retries"] ?? DEFAULT_RETRIES;
  const wrongCallback = callbackMistake("Upstash-Callback", given[CALLBACK], callback);
  const wrongFailureCallback = callbackMistake("Upstash-Failure-Callback", given[FAILURE_CALLBACK], failureCallback);
  if (wrongCallback !== undefined || wrongFailureCallback !== undefined) {
    return wrongCallback ?? wrongFailureCallback ?? "";
  }
  return {
    method: given["upstash-method"],
    headers: forwarded(headers),
    delayMs: given["upstash-delay"] ?? 0,
    notBefore: given["upstash-not-before"] === undefined ? undefined : given["upstash-not-before"] * 1000,
    retries,
    retryDelay: given["upstash-retry-delay"],
    timeoutMs: given["upstash-timeout"],
    deduplicationId: given["upstash-deduplication-id"],
    deduplicateByContent: given["upstash-content-based-deduplication"] === "true",
    labels: given["upstash-label"]?.split(",").map((label) => label.trim()) ?? [],
    flowControl,
    callback: callbackOf(given[CALLBACK], callback, retries),
    failureCallback: callbackOf(given[FAILURE_CALLBACK], failureCallback, retries),
  };
}

export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

type HeaderRecord = Record<string, string>;

/** What configures the message itself, and what its callbacks, the latter under the names of the former. */
function sorted(headers: Readonly<HeaderRecord>): Record<"own" | "callback" | "failureCallback", HeaderRecord> {
  const groups = { own: {}, callback: {}, failureCallback: {} } satisfies Record<string, HeaderRecord>;
  const place = (group: HeaderRecord, name: string, value: string): void => void (group[name] = value);
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith("upstash-") || name.startsWith(FORWARD) || name.startsWith(TELEMETRY)) continue;
    if (name.startsWith(`${CALLBACK}-`)) place(groups.callback, `upstash${name.slice(CALLBACK.length)}`, value);
    else if (name.startsWith(`${FAILURE_CALLBACK}-`)) {
      place(groups.failureCallback, `upstash${name.slice(FAILURE_CALLBACK.length)}`, value);
    } else place(groups.own, name, value);
  }
  return groups;
}

function forwarded(headers: Readonly<HeaderRecord>): HeaderRecord {
  const own = Object.entries(headers)
    .filter(([name]) => name.startsWith(FORWARD))
    .map(([name, value]) => [name.slice(FORWARD.length), value]);
  const type = headers["content-type"];
  return { ...(type === undefined ? {} : { "content-type": type }), ...Object.fromEntries(own) };
}

function flowControlOf(key: string | undefined, value: string | undefined): FlowControlSettings | undefined | string {
  if (key === undefined && value === undefined) return undefined;
  if (key === undefined || value === undefined) {
    return "Upstash-Flow-Control-Key and Upstash-Flow-Control-Value are needed together";
  }
  const settings = readFlowControl(key, value);
  return typeof settings === "string" ? `Upstash-Flow-Control-Value ${settings}` : settings;
}

function callbackMistake(prefix: string, url: string | undefined, headers: HeaderRecord): string | undefined {
  if (Object.keys(headers).length === 0) return undefined;
  if (url === undefined) return `${prefix}-* is given without ${prefix}`;
  const own = Object.entries(headers).filter(([name]) => !name.startsWith(FORWARD));
  const read = CallbackHeaders.safeParse(Object.fromEntries(own));
  return read.success ? undefined : `${prefix}-*: ${mistake(read.error)}`;
}

/** "Default is same as original message retries." */
function callbackOf(url: string | undefined, headers: HeaderRecord, retries: number): Callback | undefined {
  return url === undefined ? undefined : { url, headers: { "upstash-retries": String(retries), ...headers } };
}

function mistake(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue?.code === "unrecognized_keys") return `unknown header ${issue.keys.join(", ")}`;
  return `header ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is wrong"}`;
}
