/** What the test asks of a Lisbon, as its callers, its operator and a billing pipeline do. */
import * as z from "zod";
import { type EventStream, openStream } from "./event-stream.ts";

export interface LisbonAddress {
  readonly url: string;
  readonly apiKey: string;
  readonly adminKey: string;
  /** Null: nobody gave it, and no budget alert can be posted. */
  readonly budgetSecret: string | null;
}

export interface Asking {
  readonly text: string;
  /** A kind, a model, or `auto`. */
  readonly model?: string;
  readonly stream?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly callbackUrl?: string;
}

export interface Answered {
  readonly status: number;
  /** The words of the answer; null: there are none. */
  readonly text: string | null;
  /** Where it was parked. */
  readonly jobId: string | null;
  readonly tier: string | null;
  readonly route: string | null;
  readonly trail: readonly Tried[];
}

/** One entry of `x-lisbon-trail`. */
export interface Tried {
  readonly routeId: string;
  readonly result: string;
}

export interface LisbonClient {
  /** A budget's alert can be posted: its secret is known. */
  readonly canAlert: boolean;
  ask(asking: Asking, signal: AbortSignal): Promise<Answered>;
  /** Streamed, through `via` where one is given. */
  stream(asking: Asking, signal: AbortSignal, via?: { host: string; port: number }): Promise<EventStream>;
  jobEvents(
    jobId: string,
    after: string | null,
    signal: AbortSignal,
    via?: { host: string; port: number },
  ): Promise<EventStream>;
  job(jobId: string, signal: AbortSignal): Promise<PublicJob>;
  /** With the operator's key. A body: POST. */
  admin(path: string, signal: AbortSignal, body?: unknown): Promise<AdminReply>;
  breakers(signal: AbortSignal): Promise<readonly RouteStanding[]>;
  /** The status. */
  budgetAlert(alert: unknown, signal: AbortSignal): Promise<number>;
}

export interface AdminReply {
  readonly status: number;
  /** Undefined: no JSON. */
  readonly body: unknown;
}

export type RouteStanding = z.infer<typeof Overview>["routes"][number];
export type PublicJob = z.infer<typeof Job>;

const Overview = z.looseObject({ routes: z.array(z.looseObject({ id: z.string(), status: z.string() })) });

const Job = z.looseObject({
  id: z.string(),
  status: z.string(),
  answered_by: z.string().nullish(),
  answer: z.unknown(),
});

const Completion = z.looseObject({
  choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string().nullable() }) })).min(1),
});

export function lisbonClient({ url, apiKey, adminKey, budgetSecret }: LisbonAddress): LisbonClient {
  const caller = { authorization: `Bearer ${apiKey}` };
  const operator = { authorization: `Bearer ${adminKey}` };
  const chat = `${url}/v1/chat/completions`;
  const client: LisbonClient = {
    canAlert: budgetSecret !== null,
    async ask(asking, signal) {
      const response = await fetch(chat, {
        method: "POST",
        headers: { ...caller, "content-type": "application/json", ...asking.headers },
        body: bodyOf({ ...asking, stream: false }),
        signal,
      });
      const body = parsed(await response.text());
      return {
        status: response.status,
        text: textOf(body),
        jobId: response.headers.get("x-lisbon-job"),
        tier: response.headers.get("x-lisbon-tier"),
        route: response.headers.get("x-lisbon-route"),
        trail: trailOf(response.headers.get("x-lisbon-trail") ?? ""),
      };
    },
    stream: (asking, signal, via) =>
      openStream({
        url: chat,
        method: "POST",
        headers: { ...caller, "content-type": "application/json", ...asking.headers },
        body: bodyOf({ ...asking, stream: true }),
        signal,
        ...(via && { via }),
      }),
    jobEvents: (jobId, after, signal, via) =>
      openStream({
        url: `${url}/v1/jobs/${jobId}/events`,
        headers: { ...caller, accept: "text/event-stream", ...(after !== null && { "last-event-id": after }) },
        signal,
        ...(via && { via }),
      }),
    async job(jobId, signal) {
      const response = await fetch(`${url}/v1/jobs/${jobId}`, { headers: caller, signal });
      return Job.parse(await response.json());
    },
    async admin(path, signal, body) {
      const response = await fetch(`${url}${path}`, {
        headers: operator,
        signal,
        ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      });
      return { status: response.status, body: parsed(await response.text()) };
    },
    async breakers(signal) {
      return Overview.parse((await client.admin("/admin/breakers", signal)).body).routes;
    },
    async budgetAlert(alert, signal) {
      const response = await fetch(`${url}/budget/webhook`, {
        method: "POST",
        headers: { authorization: `Bearer ${budgetSecret ?? ""}`, "content-type": "application/json" },
        body: JSON.stringify(alert),
        signal,
      });
      await response.text();
      return response.status;
    },
  };
  return client;
}

/** The words of an OpenAI chat completion; null: it is none. */
export function textOf(body: unknown): string | null {
  const completion = Completion.safeParse(body);
  return completion.success ? (completion.data.choices[0]?.message.content ?? null) : null;
}

const Chunk = z.looseObject({
  choices: z.array(z.looseObject({ delta: z.looseObject({ content: z.string().nullish() }).optional() })),
});

/** The words in one event of a stream; empty: it has none. */
export function wordsIn(eventData: string): string {
  const chunk = Chunk.safeParse(parsed(eventData));
  return chunk.success ? (chunk.data.choices[0]?.delta?.content ?? "") : "";
}

function bodyOf({ text, model = "auto", stream = false, callbackUrl }: Asking): string {
  const messages = [{ role: "user", content: text }];
  return JSON.stringify({ model, messages, stream, ...(callbackUrl !== undefined && { callback_url: callbackUrl }) });
}

/** `hot/openai/gpt-4.1=unreachable;ms=4, warm/anthropic/claude=answered;ms=229` */
function trailOf(header: string): readonly Tried[] {
  return header.split(", ").flatMap((entry) => {
    const [routeId = "", told = ""] = entry.split("=");
    return told === "" ? [] : [{ routeId, result: told.split(";")[0] ?? "" }];
  });
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not Lisbon's own words: the status says enough.
    return undefined;
  }
}
