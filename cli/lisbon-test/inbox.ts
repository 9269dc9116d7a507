/**
 * Everybody who is told: Slack, Resend, a webhook and the caller's own server,
 * on one port. What must be signed is verified as its receiver would.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import * as z from "zod";
import { parsed } from "./lisbon-client.ts";

export interface Inbox {
  /** What the Worker is given to reach it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly callbackUrl: string;
  /** The signed notices of this kind about this job, or about anything, oldest first. */
  notices(kind: string, jobId?: string): readonly Notice[];
  /** Which of the three senders have brought this notice, and when by `performance.now()`. */
  broughtBy(notice: Notice): ReadonlyMap<Sender, number>;
  callbacks(jobId: string): readonly unknown[];
  /** What came with a wrong signature, or none. */
  readonly unsigned: readonly string[];
  close(): Promise<void>;
}

export const SENDERS = ["Slack", "e-mail", "webhook"] as const;
export type Sender = (typeof SENDERS)[number];

export type Notice = z.infer<typeof NoticeData>;

const NoticeData = z.looseObject({
  title: z.string(),
  job_ids: z.array(z.string()),
  on_call: z.looseObject({ name: z.string(), tz: z.string(), local_time: z.string(), on_duty: z.boolean() }).nullable(),
  links: z.array(z.looseObject({ label: z.string(), url: z.string() })),
});
const WebhookBody = z.looseObject({ type: z.string(), data: NoticeData });
const CallbackBody = z.looseObject({ type: z.string(), data: z.looseObject({ id: z.string() }) });
const SlackBody = z.looseObject({ text: z.string() });
const EmailBody = z.looseObject({ subject: z.string(), to: z.array(z.string()) });

interface Received {
  readonly path: string;
  readonly body: unknown;
  readonly at: number;
}

const RESEND_KEY = "re_lisbon_test";

export async function startInbox(signingSecret: string): Promise<Inbox> {
  const received: Received[] = [];
  const unsigned: string[] = [];
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the inbox has no TCP port");
  const url = `http://127.0.0.1:${address.port}`;

  return {
    variables: {
      SLACK_WEBHOOK_URL: `${url}/slack`,
      NOTICE_WEBHOOK_URL: `${url}/webhook`,
      RESEND_URL: `${url}/resend`,
      RESEND_API_KEY: RESEND_KEY,
      NOTICE_FROM: "Lisbon <lisbon@example.com>",
      LISBON_SIGNING_SECRET: signingSecret,
    },
    callbackUrl: `${url}/callback`,
    notices: (kind, jobId) =>
      receivedAt("/webhook", WebhookBody)
        .map(({ body }) => body)
        .filter(({ type, data }) => type === `notice.${kind}` && (jobId === undefined || data.job_ids.includes(jobId)))
        .map(({ data }) => data),
    broughtBy({ title }) {
      const brought: readonly (readonly [Sender, { readonly at: number } | undefined])[] = [
        ["Slack", receivedAt("/slack", SlackBody).find(({ body }) => body.text === inSlack(title))],
        ["e-mail", receivedAt("/resend/emails", EmailBody).find(({ body }) => body.subject === title.slice(0, 200))],
        ["webhook", receivedAt("/webhook", WebhookBody).find(({ body }) => body.data.title === title)],
      ];
      return new Map(brought.flatMap(([sender, message]) => (message ? [[sender, message.at] as const] : [])));
    },
    callbacks: (jobId) =>
      receivedAt("/callback", CallbackBody)
        .map(({ body }) => body)
        .filter(({ data }) => data.id === jobId),
    unsigned,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function receivedAt<Body>(path: string, schema: z.ZodType<Body>): readonly { body: Body; at: number }[] {
    return received.flatMap((each) => {
      const body = schema.safeParse(each.path === path ? each.body : undefined);
      return body.success ? [{ body: body.data, at: each.at }] : [];
    });
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    const raw = await text(request);
    const mustBeSigned = path === "/webhook" || path === "/callback";
    const refused = path === "/resend/emails" && request.headers.authorization !== `Bearer ${RESEND_KEY}`;
    if (mustBeSigned && !isSigned(request, raw)) unsigned.push(`${path} ${raw.slice(0, 100)}`);
    else if (!refused) received.push({ path, body: parsed(raw), at: performance.now() });
    response.writeHead(refused ? 401 : 200, { "content-type": path === "/slack" ? "text/plain" : "application/json" });
    response.end(path === "/slack" ? "ok" : JSON.stringify({ id: crypto.randomUUID() }));
  }

  function isSigned({ headers }: IncomingMessage, raw: string): boolean {
    const webhook = new Webhook(signingSecret);
    const given = (name: string): string => headers[name]?.toString() ?? "";
    try {
      webhook.verify(raw, {
        "webhook-id": given("webhook-id"),
        "webhook-timestamp": given("webhook-timestamp"),
        "webhook-signature": given("webhook-signature"),
      });
      return true;
    } catch {
      // The library throws on whatever is not signed.
      return false;
    }
  }
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function inSlack(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
