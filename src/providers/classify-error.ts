/**
 * The order in which an error is read, for every provider: what it calls
 * itself, then its words, then its status. Each provider brings its own
 * dictionary and may look at the details itself.
 */
import type { Failure, FailureKind } from "../domain/failure.ts";
import { kindOfStatus } from "./classify-status.ts";
import { kindOfWords } from "./classify-words.ts";
import type { ErrorBody } from "./error-body.ts";
import { failureOf } from "./failure-of.ts";

/** Codes say exactly what it is; types are broad, and a message may say more than they do. */
export interface Dictionary {
  readonly codes: Readonly<Record<string, FailureKind>>;
  readonly types: Readonly<Record<string, FailureKind>>;
}

/** `body` null: not JSON. */
export function classifyError(status: number, body: ErrorBody | null, dictionary: Dictionary): FailureKind {
  if (body === null) return kindOfStatus(status, false);
  const named = isSuccess(status) ? (body.status ?? status) : status;
  return (
    lookUp(body.words, dictionary.codes) ??
    kindOfWords(body.message, named, namesACallersMistake(named, body)) ??
    lookUp(body.words, dictionary.types) ??
    (isSuccess(named) ? "unknown_error" : kindOfStatus(named, true))
  );
}

/** The message to log, where the provider's own would leave an operator guessing. */
export function messageOf(status: number, raw: string, body: ErrorBody | null): string {
  if (body !== null) {
    const said = body.message === "" ? "the provider gave no reason" : body.message;
    return status === 404 && !/model/i.test(said) ? `nothing at this address, is the base URL right? ${said}` : said;
  }
  const title = /<title[^>]*>([^<]{1,200})/i.exec(raw.slice(0, 4096))?.[1];
  const page = title ?? (raw.trimStart().startsWith("<") ? "an HTML page" : raw.slice(0, 200));
  return `${status} from a proxy, not from the provider's API: ${page}`;
}

/** An answer that is not JSON or not an answer at all, inside a 200. */
export function unreadable(what: string): Failure {
  return failureOf("unreadable", { message: what, status: 200 });
}

/** OpenAI's codes for a request that it found at fault. https://platform.openai.com/docs/guides/error-codes */
const VALIDATION_CODES: ReadonlySet<string> = new Set([
  "invalid_value",
  "invalid_type",
  "missing_required_parameter",
  "unknown_parameter",
  "unsupported_parameter",
  "unsupported_value",
  "integer_below_min_value",
  "integer_above_max_value",
  "string_above_max_length",
]);

/** Then the message quotes the request, and must not be read as the provider's word about the account. */
function namesACallersMistake(status: number, { param, words }: ErrorBody): boolean {
  const isMistake = status === 400 || status === 422;
  return isMistake && ((param !== undefined && param !== "") || words.some((word) => VALIDATION_CODES.has(word)));
}

function lookUp(words: readonly string[], table: Readonly<Record<string, FailureKind>>): FailureKind | undefined {
  const word = words.find((candidate) => Object.hasOwn(table, candidate));
  return word === undefined ? undefined : table[word];
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
