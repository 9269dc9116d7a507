/**
 * Calls back the server of whoever parked a call, signed as Standard Webhooks
 * has it. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { Webhook } from "standardwebhooks";
import { type Clock, wait } from "../lib/clock.ts";
import type { Fetch } from "../lib/fetch.ts";
import type { Callback, CallbackResult, CallbackSender } from "./callback-port.ts";
import { type CallbackUrlRules, callbackUrlProblem } from "./callback-url.ts";

export interface CallbackSenderOptions extends CallbackUrlRules {
  /** `whsec_…`; null: nothing is sent, for nobody could tell that it is ours. */
  readonly signingSecret: string | null;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

export function createCallbackSender(options: CallbackSenderOptions): CallbackSender {
  return {
    async send(callback) {
      // The rules may have changed since it was parked, and so may our own name.
      const problem = callbackUrlProblem(callback.url, options);
      if (problem !== null) return { kind: "gone", detail: `the address ${problem}` };
      const headers = signedHeaders(callback, options);
      if (headers === null) return failed("LISBON_SIGNING_SECRET is missing, or is not whsec_ and base64");

      const answered = new AbortController();
      const tooLate = wait(options.clock, ANSWER_LIMIT_MS, answered.signal).then((): CallbackResult => {
        return failed(`no answer within ${ANSWER_LIMIT_MS / 1000} s`);
      });
      try {
        return await Promise.race([post(callback, headers, options, answered.signal), tooLate]);
      } finally {
        // Ends the timer, and the call where it is still under way.
        answered.abort();
      }
    },
  };
}

/** The specification asks for 15 to 30 s; a job's object cannot sleep meanwhile, and the next try comes anyway. */
const ANSWER_LIMIT_MS = 10_000;

/** Null: the secret is no secret. */
function signedHeaders(
  { messageId, body }: Callback,
  { signingSecret, clock }: CallbackSenderOptions,
): Record<string, string> | null {
  if (signingSecret === null) return null;
  const sentAt = new Date(clock.now());
  try {
    return {
      "content-type": "application/json",
      "user-agent": "Lisbon",
      "webhook-id": messageId,
      "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
      "webhook-signature": new Webhook(signingSecret).sign(messageId, sentAt, body),
    };
  } catch {
    // The library throws on what is not base64, and its words may hold the secret.
    return null;
  }
}

/** Never rejects. Only the status counts: the body is not read, it may never end. */
async function post(
  { url, body }: Callback,
  headers: Record<string, string>,
  options: Pick<CallbackSenderOptions, "fetch">,
  signal: AbortSignal,
): Promise<CallbackResult> {
  let response: Response;
  try {
    response = await options.fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
  } catch {
    return failed("the connection failed");
  }
  // Nobody waits for a body that is not wanted; a failed cancel changes nothing.
  void response.body?.cancel().catch(() => undefined);
  return resultOf(response.status);
}

function resultOf(status: number): CallbackResult {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  if (status === GONE) return { kind: "gone", detail: "the receiver answered 410" };
  // A redirect could lead to an address that may not be called. Some runtimes show one as status 0.
  if (status === 0 || (status >= 300 && status < 400)) return failed("the receiver redirects, which is not followed");
  return failed(`the receiver answered ${status}`);
}

/** "Sender should disable the webhook endpoint, and stop sending it messages." */
const GONE = 410;

function failed(detail: string): CallbackResult {
  return { kind: "failed", detail };
}
