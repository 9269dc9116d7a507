import { type Fields, fieldsOf, numberIn, parsedJson, textIn } from "./fields.ts";

export interface LisbonErrorFacts {
  /** As docs/errors.md lists them, or one of the client's own: `connection_lost`, `token_unavailable`, `wait_timed_out`. */
  readonly code: string;
  readonly message: string;
  /** Null: no answer of the router's is behind it. */
  readonly status?: number | null;
  readonly retryAfterMs?: number | null;
  readonly requestId?: string | null;
  readonly jobId?: string | null;
  readonly cause?: unknown;
}

/** What the router refused, or what stood between it and the client. Program against `code`, not against the message. */
export class LisbonError extends Error {
  override readonly name = "LisbonError";
  readonly code: string;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly requestId: string | null;
  readonly jobId: string | null;

  constructor({ code, message, cause, ...told }: LisbonErrorFacts) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.status = told.status ?? null;
    this.retryAfterMs = told.retryAfterMs ?? null;
    this.requestId = told.requestId ?? null;
    this.jobId = told.jobId ?? null;
  }
}

/** An answer that is none, as an error: of OpenAI's shape, of Anthropic's, or the word that a call is parked. */
export async function errorOf(response: Response): Promise<LisbonError> {
  // Where the body is lost, the status says most of it.
  const text = await response.text().catch(() => "");
  const error = errorFields(parsedJson(firstData(text)));
  const { status, headers } = response;
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const retryAfter = numberIn(error, "retry_after") ?? (Number.isFinite(seconds) ? seconds : null);
  return new LisbonError({
    code: textIn(error, "code") ?? `http_${status}`,
    message: textIn(error, "message") ?? textIn(error, "notice") ?? `The router answered ${status}.`,
    status,
    retryAfterMs: retryAfter === null ? null : retryAfter * 1000,
    requestId: headers.get("x-lisbon-request-id"),
    jobId: headers.get("x-lisbon-job") ?? textIn(fieldsOf(error["job"]), "id"),
  });
}

/** Of an event stream the data of its first event; docs/cold.md: that is all there is to one that says `queued`. */
function firstData(text: string): string {
  return /^data: ?(.*)$/m.exec(text)?.[1] ?? text;
}

/** A 202 without a stream has no `error`: what it says stands at its top. */
function errorFields(body: unknown): Fields {
  const fields = fieldsOf(body);
  if (typeof fields["error"] === "object") return fieldsOf(fields["error"]);
  return fields["status"] === "queued" ? { ...fields, code: "queued" } : fields;
}
