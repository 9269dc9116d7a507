import type { Clock } from "../lib/clock.ts";
import { wait } from "../lib/clock.ts";
import type { Fetch } from "../lib/fetch.ts";
import { readTextUpTo } from "../lib/read-text.ts";
import type { Result } from "../lib/result.ts";
import { fail, ok } from "../lib/result.ts";

/** One POST to somebody's notices, as a sender has made it. */
export interface NoticeRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface NoticeReply {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs: number | null;
}

export interface Outside {
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** How a try went. Holds no key, no address of a webhook and nothing that could repeat one. */
export type SendOutcome =
  | { readonly kind: "arrived" }
  | { readonly kind: "not_configured"; readonly detail: string }
  | {
      readonly kind: "failed";
      readonly detail: string;
      readonly retryAfterMs: number | null;
      /** It is the target that is ill, not this message: the others need not be tried now. */
      readonly targetDown: boolean;
      /** The target says that it wants nothing any more. */
      readonly final: boolean;
    };

/** For one send, with its whole reply. */
export const SEND_LIMIT_MS = 10_000;
/** Of a reply, to say why it failed. */
const REPLY_BYTES = 2_000;

/** The failure says what broke, in our own words: an error's own text may hold the URL. */
export async function sendRequest(
  { url, headers, body }: NoticeRequest,
  outside: Outside,
): Promise<Result<NoticeReply, string>> {
  const { clock } = outside;
  const over = new AbortController();
  const done = new AbortController();
  const tooLong = wait(clock, SEND_LIMIT_MS, done.signal).then((): Result<NoticeReply, string> => {
    over.abort();
    return fail(`no whole answer within ${SEND_LIMIT_MS / 1000} s`);
  });
  try {
    return await Promise.race([exchange(), tooLong]);
  } finally {
    done.abort();
  }

  async function exchange(): Promise<Result<NoticeReply, string>> {
    try {
      const response = await outside.fetch(url, {
        method: "POST",
        // Resend refuses who names no agent: https://resend.com/docs/api-reference/introduction
        headers: { "content-type": "application/json", "user-agent": "lisbon", ...headers },
        body,
        // Whoever is redirected would be sent the key too.
        redirect: "manual",
        signal: over.signal,
      });
      const text = await readTextUpTo(response, REPLY_BYTES);
      return ok({ status: response.status, text, retryAfterMs: retryAfterMs(response.headers, clock.now()) });
    } catch {
      return fail("it could not be reached");
    }
  }
}

/** What a reply means wherever the sender knows no better. `reason`: the sender's own words, if they are fit to be shown. */
export function outcomeOf(reply: Result<NoticeReply, string>, reason: string | null = null): SendOutcome {
  if (!reply.ok) return { kind: "failed", detail: reply.failure, retryAfterMs: null, targetDown: true, final: false };
  const { status, retryAfterMs: waitMs } = reply.value;
  if (status >= 200 && status < 300) return { kind: "arrived" };
  return {
    kind: "failed",
    detail: reason === null ? `status ${status}` : `status ${status}: ${reason}`,
    retryAfterMs: waitMs,
    targetDown: status === 429 || status >= 500,
    // Standard Webhooks, "Delivery success and failure"; Slack says it of an archived channel.
    // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    final: status === 410,
  };
}

/** Seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function retryAfterMs(headers: Headers, now: number): number | null {
  const text = headers.get("retry-after");
  if (text === null) return null;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
