import * as z from "zod/mini";
import type { Message } from "./message.ts";
import { render } from "./render.ts";
import type { NoticeReply, Outside, SendOutcome } from "./send-request.ts";
import { outcomeOf, sendRequest } from "./send-request.ts";

export interface ResendSettings {
  readonly url: string;
  readonly apiKey: string;
  readonly from: string;
}

/** https://resend.com/docs/api-reference/emails/send-email */
export interface EmailBody {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export function emailBody(message: Message, from: string, to: string): EmailBody {
  const { title, lines, links, clientMessage } = render(message);
  const forClients = clientMessage === null ? "" : `\n\nFor your clients (to paste):\n\n${clientMessage}`;
  const text = [
    title,
    "",
    ...lines.map(({ label, text: words }) => `${label}: ${words}`),
    ...links.map(({ label, url }) => `${label}: ${url}`),
  ].join("\n");
  const rows = lines.map(
    ({ label, text: words }) => `<tr><th align="left">${escape(label)}</th><td>${escape(words)}</td></tr>`,
  );
  const linked = links.map(({ label, url }) => `<p><a href="${escape(url)}">${escape(label)}</a></p>`);
  const paste = clientMessage === null ? "" : `<p>For your clients (to paste):</p><pre>${escape(clientMessage)}</pre>`;
  return {
    from,
    to: [to],
    subject: title.slice(0, SUBJECT_CHARACTERS),
    text: `${text}${forClients}`,
    html: `<h2>${escape(title)}</h2><table>${rows.join("")}</table>${linked.join("")}${paste}`,
  };
}

export async function sendEmail(
  to: string,
  message: Message,
  resend: ResendSettings | null,
  outside: Outside,
): Promise<SendOutcome> {
  if (resend === null) return { kind: "not_configured", detail: "RESEND_API_KEY or NOTICE_FROM is missing" };
  const reply = await sendRequest(
    {
      url: `${resend.url.replace(/\/+$/, "")}/emails`,
      headers: { authorization: `Bearer ${resend.apiKey}`, "idempotency-key": keyOf(message, to) },
      body: JSON.stringify(emailBody(message, resend.from, to)),
    },
    outside,
  );
  const error = reply.ok ? errorOf(reply.value) : null;
  // The key was used within 24 hours by a version of ours that wrote it otherwise: that mail is on its way.
  // https://resend.com/docs/dashboard/emails/idempotency-keys
  if (error?.name === "invalid_idempotent_request") return { kind: "arrived" };
  return outcomeOf(reply, error && wordsOf(error).replaceAll(resend.apiKey, "…"));
}

/** One for each message and recipient. At most 256 characters. https://resend.com/docs/dashboard/emails/idempotency-keys */
function keyOf(message: Message, to: string): string {
  return `${message.id}/${to}`.slice(0, 256);
}

/** https://resend.com/docs/api-reference/errors */
const ResendError = z.looseObject({ name: z.string(), message: z.nullish(z.string()) });

function errorOf({ status, text }: NoticeReply): z.infer<typeof ResendError> | null {
  if (status < 400) return null;
  try {
    return ResendError.parse(JSON.parse(text));
  } catch {
    // A proxy's page: the status says enough.
    return null;
  }
}

function wordsOf({ name, message }: z.infer<typeof ResendError>): string {
  return [name, message ?? ""].join(" ").trim().slice(0, 200);
}

/** Longer ones are cut by mail programs, at the latest. https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1 */
const SUBJECT_CHARACTERS = 200;

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
