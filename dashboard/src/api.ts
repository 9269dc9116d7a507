/** The admin's requests. The key goes into a header of each and nowhere else: no cookie, no URL. */

import { readJson } from "./json.ts";

/** What the Worker refused, in its words. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface Api {
  readonly get: <Body>(path: string) => Promise<Body>;
  readonly post: (path: string, body?: unknown) => Promise<void>;
  readonly stream: (path: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;
}

export function createApi(key: string): Api {
  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = {
      authorization: `Bearer ${key}`,
      "x-lisbon-actor": "dashboard",
      "content-type": "application/json",
    };
    const response = await fetch(path, { ...init, headers, cache: "no-store", credentials: "omit" }).catch(() => null);
    if (response === null)
      throw new Error("The Worker does not answer. It may be done or not: look before you try again.");
    if (response.ok) return response;
    throw await refusedBy(response);
  }
  return {
    async get<Body>(path: string) {
      return readJson<Body>(await (await ask(path)).text());
    },
    async post(path, body) {
      await ask(path, { method: "POST", ...(body !== undefined && { body: JSON.stringify(body) }) });
    },
    async stream(path, signal) {
      const { body } = await ask(path, { signal });
      if (body === null) throw new Error("The answer has no body.");
      return body;
    },
  };
}

async function refusedBy(response: Response): Promise<Refused> {
  const text = await response.text().catch(() => "");
  try {
    const { error } = readJson<{ error: { code: string; message: string } }>(text);
    return new Refused(response.status, error.code, error.message);
  } catch {
    return new Refused(response.status, "", `The Worker answered ${response.status}.`);
  }
}
