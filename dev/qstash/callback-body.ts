/** What a callback carries: https://upstash.com/docs/qstash/features/callbacks#how-do-i-use-callbacks */
import type { Answered } from "./deliver.ts";
import { CALLER_IP, headerLists, type Message } from "./message.ts";

export interface Attempted {
  readonly message: Message;
  readonly retried: number;
  readonly answered: Answered;
}

/** Only a failure callback names a dead letter. */
export function callbackBody({ message, retried, answered }: Attempted, dlqId?: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      status: answered.status,
      header: headerLists(answered.headers),
      body: answered.body.toString("base64"),
      retried,
      maxRetries: message.maxRetries,
      ...(dlqId === undefined ? {} : { dlqId }),
      sourceMessageId: message.messageId,
      url: message.url,
      method: message.method,
      sourceHeader: headerLists(message.headers),
      sourceBody: message.body.toString("base64"),
      notBefore: String(message.notBefore),
      createdAt: String(message.createdAt),
      ...(message.scheduleId === undefined ? {} : { scheduleId: message.scheduleId }),
      callerIP: CALLER_IP,
    }),
  );
}
