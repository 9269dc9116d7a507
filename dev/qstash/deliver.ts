/** One request to a destination, with the headers that QStash sends. */
import { CALLER_IP, type Message } from "./message.ts";

/** What came back; status 0 where nothing did, and then the body says why. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface Outgoing {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * https://upstash.com/docs/qstash/howto/receiving; that the settings are echoed on
 * every delivery is read from the glossary of https://github.com/upstash/workflow-js
 */
export function outgoing(message: Message, retried: number, signature: string | undefined): Outgoing {
  const { flowControl } = message;
  return {
    url: message.url,
    method: message.method,
    headers: {
      ...message.headers,
      "user-agent": "Upstash-QStash",
      "upstash-message-id": message.messageId,
      "upstash-retried": String(retried),
      "upstash-max-retries": String(message.maxRetries),
      "upstash-caller-ip": CALLER_IP,
      "upstash-region": "EU-CENTRAL-1",
      ...(message.scheduleId === undefined ? {} : { "upstash-schedule-id": message.scheduleId }),
      ...(message.retryDelay === undefined ? {} : { "upstash-retry-delay": message.retryDelay }),
      ...(flowControl === undefined
        ? {}
        : { "upstash-flow-control-key": flowControl.key, "upstash-flow-control-value": flowControl.value }),
      ...(signature === undefined ? {} : { "upstash-signature": signature }),
    },
    body: bodyOf(message),
  };
}

/** Node's `fetch` sends none with GET; what is signed is what is sent. */
export function bodyOf({ method, body }: Message): Buffer {
  return method === "GET" ? Buffer.alloc(0) : body;
}

/** Redirects are answers that are no 2xx. Aborted, it answers as a time-out. */
export async function send(request: Outgoing, signal: AbortSignal): Promise<Answered> {
  const { url, method, headers, body } = request;
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(method === "GET" ? {} : { body: new Uint8Array(body) }),
      redirect: "manual",
      signal,
    });
    return {
      status: response.status,
      headers: response.headers,
      body: Buffer.from(await response.arrayBuffer()),
    };
  } catch (cause) {
    return { status: 0, headers: new Headers(), body: Buffer.from(signal.aborted ? "timeout" : reasonOf(cause)) };
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
