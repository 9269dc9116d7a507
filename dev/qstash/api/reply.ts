/** An answer of the API; errors are `{ "error": "…" }`. */
export interface ApiReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function jsonReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ApiReply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

export function emptyReply(status = 200): ApiReply {
  return { status, headers: {}, body: "" };
}

export function errorReply(status: number, error: string, headers: Readonly<Record<string, string>> = {}): ApiReply {
  return jsonReply(status, { error }, headers);
}

export function notSupported(what: string): ApiReply {
  return errorReply(501, `the local QStash does not support ${what}`);
}
