import type { NoticeTarget } from "../domain/routing.ts";
import { assertNever } from "../lib/assert-never.ts";
import type { ResendSettings } from "./email.ts";
import { sendEmail } from "./email.ts";
import type { Message } from "./message.ts";
import type { Outside, SendOutcome } from "./send-request.ts";
import { sendToSlack } from "./slack.ts";
import { sendToWebhook } from "./webhook.ts";

/** What the senders need to know of the Worker's settings. */
export interface SenderSettings {
  /** Null: no e-mail is sent. */
  readonly resend: ResendSettings | null;
  /** Null: no webhook is called. */
  readonly signingSecret: string | null;
}

export function sendMessage(
  message: Message,
  target: NoticeTarget,
  settings: SenderSettings,
  outside: Outside,
): Promise<SendOutcome> {
  switch (target.kind) {
    case "slack":
      return sendToSlack(target.url, message, outside);
    case "email":
      return sendEmail(target.to, message, settings.resend, outside);
    case "webhook":
      return sendToWebhook(target.url, message, settings.signingSecret, outside);
    default:
      return assertNever(target);
  }
}
