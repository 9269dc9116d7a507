/** Messages that were given up: https://upstash.com/docs/qstash/features/dlq */
import type { Answered } from "./deliver.ts";
import type { Filter } from "./filter.ts";
import { headerLists, type Message, messageView, textOrBase64 } from "./message.ts";

export interface DeadLetter {
  readonly dlqId: string;
  readonly message: Message;
  readonly answered: Answered;
  readonly failedAt: number;
}

export class DeadLetters {
  private readonly letters = new Map<string, DeadLetter>();
  private count = 0;

  add(message: Message, answered: Answered, now: number): DeadLetter {
    const letter = { dlqId: `${now}-${this.count}`, message, answered, failedAt: now };
    this.count += 1;
    this.letters.set(letter.dlqId, letter);
    return letter;
  }

  get(dlqId: string): DeadLetter | undefined {
    return this.letters.get(dlqId);
  }

  remove(dlqId: string): boolean {
    return this.letters.delete(dlqId);
  }

  select(filter: Filter): readonly DeadLetter[] {
    return [...this.letters.values()].filter(({ message, answered, failedAt }) =>
      filter({
        messageId: message.messageId,
        url: message.url,
        time: failedAt,
        labels: message.labels,
        flowControlKey: message.flowControl?.key,
        scheduleId: message.scheduleId,
        more: { responseStatus: String(answered.status) },
      }),
    );
  }
}

export function deadLetterView({ dlqId, message, answered }: DeadLetter): Readonly<Record<string, unknown>> {
  return {
    ...messageView(message),
    dlqId,
    responseStatus: answered.status,
    responseHeader: headerLists(answered.headers),
    ...textOrBase64("responseBody", answered.body),
  };
}
