/**
 * Every way in which a simulated provider can misbehave: the one list, with what
 * each does, for people and for the code. A new fault does not compile until it
 * has a row. Chosen by model name (`sim-large@cut:3`) or by a control call.
 */
import { assertNever } from "../../src/lib/assert-never.ts";

/** Answered with the provider's own error body, or with a reply that no provider should give. */
export type ReplyFault =
  | "429"
  | "quota"
  | "500"
  | "503"
  | "529"
  | "context"
  | "filter"
  | "credit"
  | "bad-key"
  | "model-missing"
  | "region";

export type FaultName =
  | ReplyFault
  | "refuse"
  | "reset"
  | "silent"
  | "slow"
  | "latency"
  | "near-limit"
  | "cut"
  | "cut-bytes"
  | "stall"
  | "malformed"
  | "no-terminal"
  | "no-done"
  | "in-band-error"
  | "empty"
  | "short"
  | "keepalive"
  | "html"
  | "redirect";

export interface Fault {
  readonly name: FaultName;
  /** What stood after the colon, or the row's default; empty where the fault takes none. */
  readonly arg: string;
}

export interface FaultRow {
  readonly does: string;
  readonly arg: FaultArgument;
}

type FaultArgument =
  | { readonly kind: "none" }
  | { readonly kind: "count"; readonly of: string; readonly byDefault: string }
  | { readonly kind: "choice"; readonly of: readonly string[]; readonly byDefault: string }
  | { readonly kind: "text"; readonly of: string };

const none = { kind: "none" } as const;

export const faults = {
  refuse: {
    does: "The socket is closed without a byte, once the request has been read. One port cannot refuse some paths and accept others; for a real ECONNREFUSED use the URL of `refusingUrl()`.",
    arg: none,
  },
  reset: { does: "The connection is reset (RST) without a byte.", arg: none },
  silent: { does: "Nothing is ever answered; the connection stays open.", arg: none },
  "429": {
    does: "Rate limit. With seconds: `Retry-After` (Gemini: `RetryInfo` in the body, as it sends no such header).",
    arg: { kind: "count", of: "seconds", byDefault: "" },
  },
  quota: {
    does: "The account's quota is used up: OpenAI 429 `insufficient_quota`; Anthropic 429 `enforced_spend_limit_reached`, or with `own-limit` its 400 for a limit that the customer set; Gemini 429 with QuotaFailure and RetryInfo, with `account` without naming a model.",
    arg: { kind: "choice", of: ["", "own-limit", "account"], byDefault: "" },
  },
  "500": { does: "Internal error, the provider's own body.", arg: none },
  "503": {
    does: "Unavailable, the provider's own body. With seconds: when to come back, as with `429`.",
    arg: { kind: "count", of: "seconds", byDefault: "" },
  },
  "529": { does: "Overloaded (Anthropic's own status; the others send their 503 body with it).", arg: none },
  context: { does: "The prompt is too long: the provider's own 400.", arg: none },
  filter: {
    does: "Content filter: OpenAI 400 `content_filter` as Azure sends it, or with `policy` `content_policy_violation`; Anthropic an answer with `stop_reason: refusal`; Gemini an answer with `promptFeedback.blockReason`.",
    arg: { kind: "choice", of: ["", "policy"], byDefault: "" },
  },
  credit: {
    does: "No money left: Anthropic's 400, OpenAI's 429 `credit_balance_exhausted`, Gemini's 429 for depleted prepayment.",
    arg: none,
  },
  "bad-key": { does: "The key is rejected: the provider's own 401 (Gemini: 400).", arg: none },
  "model-missing": { does: "404, no such model, the provider's own body.", arg: none },
  region: { does: "The country is not served: OpenAI and Anthropic 403, Gemini 400.", arg: none },
  latency: {
    does: "Healthy, but the headers come so much later.",
    arg: { kind: "count", of: "milliseconds", byDefault: "1000" },
  },
  "near-limit": {
    does: "Healthy, but its rate-limit headers say that so little is left, for ten seconds. OpenAI and Anthropic; the others send none.",
    arg: { kind: "count", of: "percent of the requests", byDefault: "4" },
  },
  slow: {
    does: "The headers come at once, the first words so much later (unstreamed: everything).",
    arg: { kind: "count", of: "milliseconds", byDefault: "3000" },
  },
  cut: {
    does: "The socket is closed after so many events with words; 0: before the first. Unstreamed: in the middle of the body.",
    arg: { kind: "count", of: "events with words", byDefault: "5" },
  },
  "cut-bytes": {
    does: "The socket is closed after exactly so many bytes of the body.",
    arg: { kind: "count", of: "bytes", byDefault: "200" },
  },
  stall: {
    does: "Nothing more comes after so many events with words; the connection stays open. Unstreamed: in the middle of the body.",
    arg: { kind: "count", of: "events with words", byDefault: "5" },
  },
  malformed: {
    does: "One event of broken JSON after so many events with words, then the stream goes on. Unstreamed: broken JSON.",
    arg: { kind: "count", of: "events with words", byDefault: "3" },
  },
  "no-terminal": {
    does: "The body ends cleanly, without finish reason and terminal event. Streams only; an unstreamed call is healthy.",
    arg: none,
  },
  "no-done": {
    does: "The finish reason comes, the terminal event does not ([DONE], message_stop, Bedrock's metadata). Gemini has no such event: healthy there. Streams only.",
    arg: none,
  },
  "in-band-error": {
    does: "Status 200 with an error event in the stream, before or after the first words; unstreamed: JSON with `error`.",
    arg: { kind: "choice", of: ["before", "after"], byDefault: "before" },
  },
  empty: { does: "A complete answer without a word: lifecycle frames and the terminal event only.", arg: none },
  short: { does: "Half of the body that its Content-Length announces, then the connection ends.", arg: none },
  keepalive: {
    does: "Comments or pings for ever, never a word (unstreamed: empty lines), one every so many milliseconds.",
    arg: { kind: "count", of: "milliseconds", byDefault: "1000" },
  },
  html: { does: "Status 200 with an HTML page.", arg: none },
  redirect: {
    does: "302 to the URL after the colon; by default to the provider `redirected` here, so that a client that follows is seen in the calls.",
    arg: { kind: "text", of: "URL" },
  },
} as const satisfies Record<FaultName, FaultRow>;

/** The table with its columns widened, for code that asks about any fault. */
function faultRow(name: FaultName): FaultRow {
  return faults[name];
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}

/** Reads a fault's name and argument; a string says what is wrong with them. */
export function readFault(name: string, arg: string | undefined): Fault | string {
  if (!isFaultName(name)) return `no fault is named ${JSON.stringify(name)}; known: ${Object.keys(faults).join(", ")}`;
  const wanted = faultRow(name).arg;
  const given = arg ?? "";
  switch (wanted.kind) {
    case "none":
      return given === "" ? { name, arg: "" } : `${name} takes no argument, got ${JSON.stringify(given)}`;
    case "text":
      return { name, arg: given };
    case "count":
      if (given === "") return { name, arg: wanted.byDefault };
      return /^\d{1,9}$/.test(given)
        ? { name, arg: given }
        : `${name} takes ${wanted.of}, got ${JSON.stringify(given)}`;
    case "choice":
      if (given === "") return { name, arg: wanted.byDefault };
      return wanted.of.includes(given)
        ? { name, arg: given }
        : `${name} takes one of ${wanted.of.filter(Boolean).join(", ")}, got ${JSON.stringify(given)}`;
    default:
      return assertNever(wanted);
  }
}
