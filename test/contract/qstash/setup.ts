/** A local QStash with a clock that the test holds, the official client, and a destination that answers as told. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { Client, Receiver } from "@upstash/qstash";
import { afterAll, afterEach, beforeEach, vi } from "vitest";
import { z } from "zod";
import { ManualClock, passTime } from "../../../dev/qstash/clock.ts";
import { FREE_PLAN } from "../../../dev/qstash/plan.ts";
import { type LocalQstash, startLocalQstash } from "../../../dev/qstash/server.ts";

const FlowControlKeys = z.array(z.looseObject({ flowControlKey: z.string() }));

export const CURRENT_KEY = "sig_current_for_tests";
export const NEXT_KEY = "sig_next_for_tests";

export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** By the clock of the test, since the test began. */
  readonly afterMs: number;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

type Answering = (request: Arrived) => Answer | Promise<Answer>;

export interface Stage {
  readonly qstash: LocalQstash;
  readonly client: Client;
  readonly receiver: Receiver;
  /** Of the destination, without a slash at the end. */
  readonly to: string;
  readonly arrived: readonly Arrived[];
  /** How the destination answers: 200 until told otherwise. */
  readonly answer: (how: Answering) => void;
  /** Time passes from event to event, each waited for. */
  readonly pass: (ms: number) => Promise<void>;
  /** Time passes while a delivery is under way. */
  readonly advance: (ms: number) => void;
  readonly now: () => number;
  readonly paths: () => readonly string[];
  /** What the SDK hides. */
  readonly call: (method: string, path: string, more?: RequestInit) => Promise<Response>;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** One QStash for a file's tests, one long day that never repeats; each test finds it healthy and empty. */
export async function startForTests(): Promise<Stage> {
  const clock = new ManualClock();
  const token = "token-for-tests";
  const qstash = await startLocalQstash({ token, currentSigningKey: CURRENT_KEY, nextSigningKey: NEXT_KEY, clock });
  const client = new Client({ baseUrl: qstash.url, token, retry: false });
  const arrived: Arrived[] = [];
  let how: Answering = taken;
  let began = clock.now();

  const destination = createServer((request, response) => {
    void text(request).then(async (body) => {
      const { method = "", url: path = "", headers } = request;
      const arrival = { method, path, headers, body, afterMs: clock.now() - began };
      arrived.push(arrival);
      const answer = await how(arrival);
      response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
    });
  });
  await new Promise<void>((resolve) => void destination.listen(0, "127.0.0.1", resolve));
  const address = destination.address();
  if (address === null || typeof address === "string") throw new Error("the destination has no TCP port");

  beforeEach(() => {
    // The SDK writes every failed call to the console.
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    began = clock.now();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    how = taken;
    qstash.clearFaults();
    qstash.setLimits(FREE_PLAN);
    for (const { flowControlKey } of await keys()) await client.flowControl.resume(flowControlKey);
    await client.messages.cancel({ all: true });
    await qstash.settled();
    await client.dlq.delete({ all: true });
    for (const { scheduleId } of await client.schedules.list()) await client.schedules.delete(scheduleId);
    // The next test has a day of its own: a fresh quota, and no id is known any more.
    clock.advance(DAY);
    qstash.clearDeliveries();
    arrived.length = 0;
  });
  afterAll(async () => {
    await qstash.close();
    destination.closeAllConnections();
    destination.close();
  });

  async function keys() {
    return FlowControlKeys.parse(await (await call("GET", "/v2/flowControl")).json());
  }

  function call(method: string, path: string, more: RequestInit = {}): Promise<Response> {
    const headers = new Headers(more.headers);
    if (!headers.has("authorization")) headers.set("authorization", `Bearer ${token}`);
    return fetch(`${qstash.url}${path}`, { ...more, method, headers });
  }

  return {
    qstash,
    client,
    receiver: new Receiver({ currentSigningKey: CURRENT_KEY, nextSigningKey: NEXT_KEY }),
    to: `http://127.0.0.1:${address.port}`,
    arrived,
    answer: (next) => void (how = next),
    pass: (ms) => passTime(clock, ms, () => qstash.settled()),
    advance: (ms) => clock.advance(ms),
    now: () => clock.now(),
    paths: () => arrived.map(({ path }) => path),
    call,
  };
}

function taken(): Answer {
  return { status: 200 };
}

/** What a promise is rejected with; fails where it is not. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it was not rejected");
}
