/** A message, and how the API shows it. */
import type { FlowControlSettings } from "./flow-control-value.ts";

export interface Message {
  readonly messageId: string;
  readonly url: string;
  readonly method: string;
  readonly body: Buffer;
  /** What is forwarded to the destination; names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly maxRetries: number;
  readonly retryDelay: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly createdAt: number;
  readonly notBefore: number;
  readonly labels: readonly string[];
  readonly flowControl: FlowControlSettings | undefined;
  readonly callback: Callback | undefined;
  readonly failureCallback: Callback | undefined;
  readonly scheduleId: string | undefined;
}

export interface Callback {
  readonly url: string;
  /** As if published with them: `Upstash-Failure-Callback-Retries` stands here as `upstash-retries`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Publishers are on this machine. */
export const CALLER_IP = "127.0.0.1";

/** The schema `Message` of https://github.com/upstash/docs/blob/main/qstash/openapi.yaml */
export function messageView(message: Message): Readonly<Record<string, unknown>> {
  const { flowControl } = message;
  return {
    messageId: message.messageId,
    url: message.url,
    method: message.method,
    header: headerLists(message.headers),
    ...textOrBase64("body", message.body),
    maxRetries: message.maxRetries,
    ...(message.retryDelay === undefined ? {} : { retryDelayExpression: message.retryDelay }),
    notBefore: message.notBefore,
    createdAt: message.createdAt,
    ...(message.callback === undefined ? {} : { callback: message.callback.url }),
    ...(message.failureCallback === undefined ? {} : { failureCallback: message.failureCallback.url }),
    ...(message.scheduleId === undefined ? {} : { scheduleId: message.scheduleId }),
    callerIP: CALLER_IP,
    ...labelView(message.labels),
    ...(flowControl === undefined
      ? {}
      : {
          flowControlKey: flowControl.key,
          ...(flowControl.parallelism === undefined ? {} : { parallelism: flowControl.parallelism }),
          ...(flowControl.rate === undefined
            ? {}
            : { rate: flowControl.rate, period: Math.ceil(flowControl.periodMs / 1000) }),
        }),
  };
}

export function labelView(labels: readonly string[]): { readonly label?: string; readonly labels?: readonly string[] } {
  const [label] = labels;
  return label === undefined ? {} : { label, labels };
}

/** `Content-Type: ["application/json"]`, as Go writes header names. */
export function headerLists(headers: Readonly<Record<string, string>> | Headers): Record<string, readonly string[]> {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(
    entries.map(([name, value]) => [name.replaceAll(/(^|-)([a-z])/g, (letter) => letter.toUpperCase()), [value]]),
  );
}

/** "if it is composed of utf8 chars only, empty otherwise": the same file, `body` and `bodyBase64`. */
export function textOrBase64(name: string, bytes: Buffer): Readonly<Record<string, string>> {
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? { [name]: text } : { [`${name}Base64`]: bytes.toString("base64") };
}
