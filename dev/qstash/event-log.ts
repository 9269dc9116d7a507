/** What happened to the messages: the schema `LogEntry` of https://github.com/upstash/docs/blob/main/qstash/openapi.yaml */
import { labelView, type Message } from "./message.ts";

/** As the server's own specification has them; the SDK types the last as `CANCELED`. */
export type MessageState = "CREATED" | "ACTIVE" | "RETRY" | "ERROR" | "DELIVERED" | "FAILED" | "CANCELLED";

export type LogEntry = Readonly<Record<string, unknown>> & {
  readonly time: number;
  readonly state: MessageState;
  readonly messageId: string;
  readonly url: string;
};

/** The newest only: a long-lived development server would grow without end. */
const KEPT = 5000;

export class EventLog {
  /** Newest first. */
  readonly entries: LogEntry[] = [];

  add(time: number, state: MessageState, message: Message, more: Readonly<Record<string, unknown>> = {}): void {
    this.entries.unshift({
      time,
      state,
      messageId: message.messageId,
      url: message.url,
      method: message.method,
      maxRetries: message.maxRetries,
      ...(message.scheduleId === undefined ? {} : { scheduleId: message.scheduleId }),
      ...(message.flowControl === undefined ? {} : { flowControlKey: message.flowControl.key }),
      ...labelView(message.labels),
      ...more,
    });
    if (this.entries.length > KEPT) this.entries.pop();
  }
}
