/**
 * An error as any of the providers or a gateway in front of them writes it:
 *   OpenAI      {"error":{"message","type","param","code"}}
 *   Anthropic   {"type":"error","error":{"type","message","details"}}
 *   Gemini      {"error":{"code":429,"message","status","details":[…]}}, in a list where it streams
 *   others      {"error":"text"}, {"message":"text"}, {"detail":"text" or [{"loc","msg"}]}
 * https://platform.openai.com/docs/guides/error-codes
 * https://docs.anthropic.com/en/api/errors
 * https://cloud.google.com/apis/design/errors#error_model
 */
import * as z from "zod/mini";
import { forgiving } from "../lib/forgiving.ts";

export interface ErrorBody {
  readonly message: string;
  /** What the provider calls it, most telling first: Google's `reason`, OpenAI's `code` then `type`, Gemini's `status`. */
  readonly words: readonly string[];
  readonly param: string | undefined;
  /** The status that an error inside a 200 names. */
  readonly status: number | undefined;
  /** Google's and Anthropic's further details, unread. */
  readonly details: unknown;
}

/** In another form it is as good as not there. */
const maybeText = forgiving(z.optional(z.string()), undefined);
const maybeTextOrNumber = forgiving(z.optional(z.union([z.string(), z.number()])), undefined);

const ErrorObject = z.looseObject({
  message: maybeText,
  type: maybeText,
  code: maybeTextOrNumber,
  status: maybeTextOrNumber,
  param: maybeText,
  details: z.optional(z.unknown()),
  metadata: forgiving(z.optional(z.looseObject({ raw: maybeText })), undefined),
});
/** Google's `ErrorInfo`: https://cloud.google.com/apis/design/errors#error_info */
const WithReason = z.looseObject({ reason: z.string() });
const FieldProblem = z.looseObject({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string() });

/** Null: not JSON, so it comes from a proxy and not from the provider. */
export function readErrorBody(body: string): ErrorBody | null {
  const parsed = parsedObject(body);
  if (parsed === null) return null;
  const holder = Array.isArray(parsed) ? asRecord(parsed[0]) : asRecord(parsed);
  if (typeof holder["error"] === "string") return plain(holder["error"]);
  const error = asRecord(holder["error"] ?? holder);
  if (error["message"] === undefined && holder["detail"] !== undefined) return fromDetail(holder["detail"]);

  const { message, type, code, status, param, details, metadata } = ErrorObject.parse(error);
  const named = [status, code].find((value) => typeof value === "number" && value >= 300 && value <= 599);
  return {
    // OpenRouter says "Provider returned error" and puts the provider's own words into `metadata.raw`.
    message: [message, metadata?.raw].filter((text) => text !== undefined).join(": "),
    words: [...reasonsIn(details), code, status, type].filter((word) => typeof word === "string"),
    param,
    status: typeof named === "number" ? named : undefined,
    details,
  };
}

function reasonsIn(details: unknown): readonly string[] {
  if (!Array.isArray(details)) return [];
  return details.flatMap((detail) => WithReason.safeParse(detail).data?.reason ?? []);
}

/** What FastAPI servers (vLLM and others) send: https://fastapi.tiangolo.com/tutorial/handling-errors/ */
function fromDetail(detail: unknown): ErrorBody {
  if (typeof detail === "string") return plain(detail);
  const problem = FieldProblem.safeParse(Array.isArray(detail) ? detail[0] : detail);
  if (!problem.success) return plain("");
  const field = problem.data.loc.filter((step) => step !== "body").join(".");
  return { ...plain(`${field}: ${problem.data.msg}`), param: field };
}

function plain(message: string): ErrorBody {
  return { message, words: [], param: undefined, status: undefined, details: undefined };
}

function parsedObject(body: string): unknown[] | object | null {
  if (!/^\s*[[{]/.test(body)) return null;
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" ? parsed : null;
  } catch {
    // Cut off, or only looks like JSON: as good as a proxy's page.
    return null;
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
