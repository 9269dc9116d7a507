/**
 * The watchdog: a second, tiny Worker on a cron trigger, outside the router.
 * Each minute it asks the router to look at itself (`POST /watch/tick`), which
 * also says that the watchdog is alive. Where the router does not answer, the
 * watchdog tells a human by itself: the same people, by the same map.
 */
import { DurableObject } from "cloudflare:workers";
import mapFile from "#routes";
import { QUIET_NOTICE, type Notice } from "../src/domain/notice.ts";
import { realClock, wait } from "../src/lib/clock.ts";
import type { Message } from "../src/notify/message.ts";
import { sendMessage } from "../src/notify/send-message.ts";
import { resolveNotices } from "../src/routing/resolve-notices.ts";
import type { RoutingMap } from "../src/routing/routing-map.ts";
import { nothingSeen, ticked, type RouterNews, type RouterWatch } from "../src/watch/router-watch.ts";

export interface WatchdogEnv {
  readonly WATCHDOG: DurableObjectNamespace<Watchdog>;
  /** Where the router answers, without a trailing slash. */
  readonly LISBON_URL: string;
  readonly LISBON_ADMIN_KEY: string;
  readonly LISBON_SIGNING_SECRET?: string;
  readonly RESEND_API_KEY?: string;
  readonly RESEND_URL?: string;
  readonly NOTICE_FROM?: string;
  /** Between the first failure and the second try; 15 by default. */
  readonly WATCHDOG_RETRY_SECONDS?: string;
}

/** A router that takes longer is as good as away. */
const ANSWER_MS = 10_000;
const TRIES = 2;
const RESEND = "https://api.resend.com";

// Checked where it is bundled, as the router's is.
// eslint-disable-next-line typescript/no-unsafe-type-assertion -- what a JSON file's own type cannot say, the check has seen
const map = mapFile as RoutingMap;

/** One object, named `watchdog`: what it has seen outlives the cron's isolates. */
export class Watchdog extends DurableObject<WatchdogEnv> {
  /** Asks the router, twice where it does not answer, and tells whoever is to hear of it. Never throws. */
  async look(): Promise<RouterWatch> {
    let watch = this.seen();
    for (let tried = 0; tried < TRIES; tried++) {
      if (tried > 0) await wait(realClock, 1000 * Number(this.env.WATCHDOG_RETRY_SECONDS ?? 15));
      const beganMs = Date.now();
      const error = await whyNoAnswer(this.env);
      const { downSinceMs } = watch;
      const after = ticked(watch, error, beganMs);
      ({ watch } = after);
      this.ctx.storage.kv.put("watch", watch);
      if (after.news !== null) await this.#tell(after.news, downSinceMs ?? beganMs, error ?? "");
      if (error === null) break;
    }
    return watch;
  }

  seen(): RouterWatch {
    return this.ctx.storage.kv.get<RouterWatch>("watch") ?? nothingSeen;
  }

  async #tell(news: RouterNews, sinceMs: number, error: string): Promise<void> {
    const message = messageOf(noticeOf(news, this.env.LISBON_URL, sinceMs, error));
    const { RESEND_API_KEY: apiKey, NOTICE_FROM: from, RESEND_URL: url = RESEND } = this.env;
    const resend = apiKey && from ? { url, apiKey, from } : null;
    const senders = { resend, signingSecret: this.env.LISBON_SIGNING_SECRET ?? null };
    const outside = { fetch: (to: string, init: RequestInit) => fetch(to, init), clock: realClock };
    const { targets } = resolveNotices(map, (name) => variable(this.env, name));
    console.error(JSON.stringify({ event: "watchdog", news, error, targets: targets.length }));
    const sent = await Promise.allSettled(targets.map((target) => sendMessage(message, target, senders, outside)));
    for (const outcome of sent) {
      const arrived = outcome.status === "fulfilled" && outcome.value.kind === "arrived";
      if (!arrived) console.error(JSON.stringify({ event: "watchdog_untold", outcome }));
    }
  }
}

/** Null: it has answered. Holds no key. */
async function whyNoAnswer({ LISBON_URL: url, LISBON_ADMIN_KEY: key }: WatchdogEnv): Promise<string | null> {
  try {
    const response = await fetch(`${url}/watch/tick`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "x-lisbon-actor": "watchdog" },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await response.body?.cancel();
    return response.ok ? null : `it answers ${response.status}`;
  } catch (cause) {
    return cause instanceof Error && cause.name === "TimeoutError" ? "no answer within 10 s" : "it cannot be reached";
  }
}

function noticeOf(news: RouterNews, url: string, sinceMs: number, error: string): Notice {
  const since = new Date(sinceMs).toISOString();
  const back = news === "back";
  return {
    ...QUIET_NOTICE,
    kind: "watch",
    key: "watch:router",
    closes: back,
    title: back ? `The router is back: ${url}` : `The router does not answer: ${url}`,
    why: back ? `it was away since ${since}` : `since ${since}: ${error}`,
    nextAction: back
      ? "Nothing."
      : "Open /health, then docs/runbook.md; npx lisbon rollback production undoes a deploy.",
    atMs: Date.now(),
  };
}

function messageOf(notice: Notice): Message {
  return {
    id: `msg_${crypto.randomUUID().replaceAll("-", "")}`,
    notice,
    count: 1,
    jobs: 0,
    sinceMs: notice.atMs,
    repeats: false,
    openForMs: null,
    composedAtMs: notice.atMs,
    onCall: null,
  };
}

function variable(env: WatchdogEnv, name: string): string | undefined {
  const value: unknown = Reflect.get(env, name);
  return typeof value === "string" ? value : undefined;
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

// oxlint-disable-next-line import/no-default-export -- a Worker's entry has one
export default {
  async scheduled(_controller, env) {
    await env.WATCHDOG.getByName("watchdog").look();
  },
  /** When it last ran, for whoever asks. Nothing of it is secret. */
  async fetch(_request, env) {
    const { lastRunMs, downSinceMs } = await env.WATCHDOG.getByName("watchdog").seen();
    return Response.json({ last_run: timeOf(lastRunMs), router_down_since: timeOf(downSinceMs) });
  },
} satisfies ExportedHandler<WatchdogEnv>;
