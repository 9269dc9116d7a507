import { Webhook } from "standardwebhooks";
import type { Message } from "./message.ts";
import { render } from "./render.ts";
import type { Outside, SendOutcome } from "./send-request.ts";
import { outcomeOf, sendRequest } from "./send-request.ts";

/**
 * A notice as JSON, in the shape that Standard Webhooks proposes.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-structure
 */
export interface WebhookBody {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function webhookBody(message: Message): WebhookBody {
  const { notice, count, jobs, openForMs, composedAtMs, onCall } = message;
  return {
    type: `notice.${notice.kind}`,
    timestamp: new Date(notice.atMs).toISOString(),
    data: {
      id: message.id,
      key: notice.key,
      closes: notice.closes,
      title: render(message).title,
      why: notice.why,
      next_action: notice.nextAction,
      tenant: notice.tenant,
      job_ids: notice.jobIds,
      jobs,
      count,
      retry_window: notice.retryWindow,
      due_at: notice.dueAtMs === null ? null : new Date(notice.dueAtMs).toISOString(),
      open_for_ms: openForMs,
      sent_at: new Date(composedAtMs).toISOString(),
      on_call:
        onCall === null
          ? null
          : {
              name: onCall.name,
              contact: onCall.contact,
              tz: onCall.tz,
              local_time: onCall.localTime,
              on_duty: onCall.begins === null,
            },
      links: notice.links,
      client_message: notice.clientMessage,
      reminders: notice.reminders,
    },
  };
}

export async function sendToWebhook(
  url: string,
  message: Message,
  signingSecret: string | null,
  outside: Outside,
): Promise<SendOutcome> {
  if (signingSecret === null) return { kind: "not_configured", detail: "LISBON_SIGNING_SECRET is missing" };
  const body = JSON.stringify(webhookBody(message));
  const headers = signedHeaders(message.id, body, signingSecret, outside.clock.now());
  if (headers === null) return { kind: "not_configured", detail: "LISBON_SIGNING_SECRET is not whsec_ and base64" };
  return outcomeOf(await sendRequest({ url, headers, body }, outside));
}

/** The id stays the same over all tries, the timestamp is the try's own. Null: the secret is none. */
function signedHeaders(id: string, body: string, secret: string, now: number): Record<string, string> | null {
  let webhook: Webhook;
  try {
    webhook = new Webhook(secret);
  } catch {
    // The library's only word on a secret that is not base64; its text would repeat a part of it.
    return null;
  }
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now / 1000)),
    "webhook-signature": webhook.sign(id, new Date(now), body),
  };
}
