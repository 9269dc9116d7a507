/**
 * The transport by QStash, through its official client. Only publish, never
 * enqueue: a queue has no delay and no flow control, and its head blocks the
 * rest. https://upstash.com/docs/qstash/api-reference/messages/publish-a-message
 */
import { Client, QstashDailyRatelimitError, QstashError } from "@upstash/qstash";
import type { ColdSettings } from "../domain/routing.ts";
import { type Clock, wait } from "../lib/clock.ts";
import type { Dispatch, Published, Publisher } from "./publisher.ts";
import { type LearntLimits, learn, type Numbers, readPlanLimit, withinLimits } from "./qstash-limits.ts";
import type { QstashTold } from "./qstash-notice.ts";

export interface QstashPublisherOptions {
  readonly settings: { readonly url: string; readonly token: string };
  readonly cold: Pick<ColdSettings, "queue" | "parallelism">;
  /** The caller's own, for as long as its isolate lives. */
  readonly learnt: LearntLimits;
  readonly clock: Clock;
  /** For a human, at most once an isolate and subject. It must not throw, and not wait. */
  readonly tell: (told: QstashTold) => void;
}

export function createQstashPublisher(options: QstashPublisherOptions): Publisher {
  const { settings, clock } = options;
  // Retries are the job's: its alarm tries again. The other two keep the client from heeding variables that nobody set for us.
  const client = new Client({
    baseUrl: settings.url,
    token: settings.token,
    retry: false,
    devMode: false,
    enableTelemetry: false,
  });
  return {
    async publish(dispatch) {
      const answered = new AbortController();
      // The client takes no signal, so a late answer is merely not waited for. Where the message was taken after all it
      // does no harm: published again it has the same deduplication id, and a second delivery meets the job's own fence.
      const tooLate = wait(clock, ANSWER_LIMIT_MS, answered.signal).then(() => {
        return away(`QStash did not answer within ${ANSWER_LIMIT_MS} ms`);
      });
      try {
        return await Promise.race([publishWithinPlan(client, dispatch, options), tooLate]);
      } finally {
        answered.abort();
      }
    },
  };
}

/** The caller waits for it: a parked call is answered after it was published. */
const ANSWER_LIMIT_MS = 2000;
/** For the transport only; the attempts at the providers are the job's own. */
const TRANSPORT_RETRIES = 3;
/** Each of the three numbers is refused at most twice: named too high, then not at all. */
const MOST_PUBLISHES = 7;

/** Never rejects. A number that the plan refuses is learnt, and the message goes out again with what the plan has. */
async function publishWithinPlan(
  client: Client,
  dispatch: Dispatch,
  { settings, cold, learnt, clock, tell }: QstashPublisherOptions,
): Promise<Published> {
  const wanted: Numbers = {
    retries: TRANSPORT_RETRIES,
    parallelism: cold.parallelism,
    notBefore: dispatch.notBeforeMs === null ? null : Math.ceil(dispatch.notBeforeMs / 1000),
  };
  let numbers = withinLimits(wanted, learnt, clock.now());
  for (let publishes = 1; ; publishes++) {
    try {
      return publishedOf(await client.publish(requestOf(dispatch, cold.queue, numbers)));
    } catch (cause) {
      const detail = detailOf(cause).replaceAll(settings.token, "…").slice(0, MOST_DETAIL);
      const limit = isRefusal(cause) ? readPlanLimit(detail) : null;
      if (limit === null) {
        if (isRefusal(cause) && cause.status !== NO_ROOM && !learnt.refusalTold) {
          learnt.refusalTold = true;
          tell({ kind: "refused", detail });
        }
        return away(detail);
      }
      if (learn(learnt, limit)) tell({ kind: "plan_limit", limit });
      const fewer = withinLimits(wanted, learnt, clock.now());
      if (isSame(fewer, numbers) || publishes >= MOST_PUBLISHES) return away(detail);
      numbers = fewer;
    }
  }
}

const MOST_DETAIL = 300;
/** A limit of the account as a whole, such as its open messages: it passes by itself. */
const NO_ROOM = 412;

function requestOf({ jobId, dispatch, origin }: Dispatch, queue: string, numbers: Numbers) {
  const { retries, parallelism, notBefore } = numbers;
  return {
    url: `${origin}/cold/run`,
    failureCallback: `${origin}/cold/failed`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ job: jobId, dispatch }),
    // By the job's id alone a second dispatch within ten minutes would be swallowed.
    deduplicationId: `${jobId}.${dispatch}`,
    flowControl: { key: queue, parallelism },
    ...(retries === null ? {} : { retries }),
    ...(notBefore === null ? {} : { notBefore }),
  };
}

function publishedOf(answer: unknown): Published {
  const messageId: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, "messageId") : null;
  return typeof messageId === "string" ? { ok: true, messageId } : away("QStash answered without a message id");
}

/** QStash has read the message and does not take it: neither is it down, nor are we too many. */
function isRefusal(cause: unknown): cause is QstashError & { readonly status: number } {
  return (
    cause instanceof QstashError &&
    cause.status !== undefined &&
    cause.status >= 400 &&
    cause.status < 500 &&
    cause.status !== 429
  );
}

function detailOf(cause: unknown): string {
  if (cause instanceof QstashDailyRatelimitError) {
    return `429: the daily quota of ${cause.limit ?? "?"} messages is used up until ${momentOf(cause.reset)}`;
  }
  if (!(cause instanceof Error)) return String(cause);
  return cause instanceof QstashError && cause.status !== undefined
    ? `${cause.status}: ${cause.message}`
    : cause.message;
}

/** Unix seconds as text: https://upstash.com/docs/qstash/api/api-ratelimiting */
function momentOf(reset: string | null): string {
  const seconds = Number(reset ?? Number.NaN);
  return seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : "tomorrow";
}

function isSame(one: Numbers, other: Numbers): boolean {
  return one.retries === other.retries && one.parallelism === other.parallelism && one.notBefore === other.notBefore;
}

function away(detail: string): Published {
  return { ok: false, why: "away", detail };
}
