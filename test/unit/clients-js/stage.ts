/** The client before a router that a test plays, at a time that passes when the test says so. */
import type { GetToken } from "../../../clients/js/src/credentials.ts";
import { createLisbon, type Lisbon, type LisbonOptions, type Notice } from "../../../clients/js/src/index.ts";
import { createFakeClock, type FakeClock } from "../../support/fake-clock.ts";

export const BASE = "https://router.test/v1";
export const CHAT = `${BASE}/chat/completions`;

export const START_MS = Date.parse("2026-11-21T01:00:00.000Z");

export interface Arrived {
  readonly method: string;
  /** From the host on. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  readonly atMs: number;
}

export interface Stage {
  readonly lisbon: Lisbon;
  readonly clock: FakeClock;
  readonly arrived: Arrived[];
  readonly notices: Notice[];
  /** A call of the chat path, with time passing as it wants it to. */
  readonly ask: (
    fields?: Record<string, unknown>,
    headers?: Record<string, string>,
    signal?: AbortSignal,
  ) => Promise<Response>;
}

/** `plays` is asked for every request of the client's, in turn. */
export function stage(
  plays: (request: Arrived, place: number) => Response | Promise<Response>,
  options: Partial<LisbonOptions> & { readonly getToken?: GetToken } = {},
): Stage {
  const clock = createFakeClock(START_MS);
  const arrived: Arrived[] = [];
  const notices: Notice[] = [];
  const { getToken, ...more } = options;
  const lisbon = createLisbon({
    baseURL: BASE,
    onNotice: (notice) => void notices.push(notice),
    clock,
    async fetch(input, init) {
      const request = new Request(input, init);
      request.signal.throwIfAborted();
      const { pathname } = new URL(request.url);
      const { method, headers } = request;
      const one = { method, path: pathname, headers, body: await request.text(), atMs: clock.now() };
      arrived.push(one);
      return await plays(one, arrived.length - 1);
    },
    ...more,
    ...(getToken ? { getToken } : { key: "lsb_key" }),
  });
  return {
    lisbon,
    clock,
    arrived,
    notices,
    ask(fields = {}, headers = {}, signal = new AbortController().signal) {
      const body = JSON.stringify({ model: "auto", messages: [{ role: "user", content: "hello" }], ...fields });
      const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body, signal };
      return clock.run(lisbon.fetch(CHAT, init));
    },
  };
}

export function completion(text = "hello") {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [
      { index: 0, message: { role: "assistant", content: text, refusal: null }, finish_reason: "stop", logprobs: null },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  };
}

export function answers(text?: string, headers: Record<string, string> = {}): Response {
  return Response.json(completion(text), { headers: { "x-lisbon-request-id": "r1", ...headers } });
}

export function refuses(status: number, code: string, more: Record<string, unknown> = {}): Response {
  const error = { message: `refused: ${code}`, type: "api_error", param: null, code, ...more };
  return Response.json({ error }, { status, headers: { "x-lisbon-request-id": "r1" } });
}

/** As `fetch` does where no connection comes about. */
export function refusesConnections(): Promise<Response> {
  return Promise.reject(new TypeError("fetch failed"));
}

/** What a promise that must fail fails with. */
export async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (cause) {
    return cause;
  }
  throw new Error("nothing was thrown");
}
