/**
 * Three isolates with everything that parked calls need, all of it real: Redis,
 * QStash, a provider, somebody who is called back and somebody who is told. The
 * isolates can be stopped and started again, later by their own clock.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { Webhook } from "standardwebhooks";
import * as z from "zod";
import type { Clock } from "../../dev/qstash/clock.ts";
import type { PlanLimits } from "../../dev/qstash/plan.ts";
import { type LocalQstash, startLocalQstash } from "../../dev/qstash/server.ts";
import { connectRedis } from "../../dev/redis/connect-redis.ts";
import { embeddedRedis } from "../../dev/redis/embedded-redis.ts";
import { type RedisFront, startRedisFront } from "../../dev/redis/front.ts";
import type { RedisBackend } from "../../dev/redis/redis-backend.ts";
import { startRedisServer } from "../../dev/redis/start-redis-server.ts";
import { realClock } from "../../src/lib/clock.ts";
import { type Isolates, startIsolates } from "./isolates.ts";
import { type NoticeReceiver, type Received, startNoticeReceiver } from "./notice-receiver.ts";
import { type OneAddress, startOneAddress } from "./one-address.ts";
import { ANSWER_WORD, startTellingProvider, type TellingProvider } from "./telling-provider.ts";
import { KEY_SECRET, serverKey } from "./server-keys.ts";

export interface FaultStageOptions {
  readonly qstashClock?: Clock;
  readonly qstashLimits?: Partial<PlanLimits>;
}

export interface FaultStage {
  /** The isolates; other ones after a restart. */
  urls(): readonly string[];
  /** One address for all of them, the same after a restart. QStash delivers to it. */
  readonly url: string;
  readonly provider: TellingProvider;
  readonly qstash: LocalQstash;
  /** The way to QStash: while that is down, each try to publish is a connection. */
  readonly toQstash: OneAddress;
  readonly redis: RedisFront;
  readonly redisBackend: RedisBackend;
  readonly called: NoticeReceiver;
  readonly told: NoticeReceiver;
  /** A path at one of the isolates, with the caller's key. */
  fetch(isolate: number, path: string, init?: RequestInit): Promise<Response>;
  /** The official SDK at one of the isolates, without retries of its own. */
  client(isolate: number): OpenAI;
  /** Parks a call that no provider can answer, or that is paused; answers the job's id. */
  park(isolate: number, question: string, more?: Readonly<Record<string, unknown>>): Promise<string>;
  job(jobId: string, isolate?: number): Promise<Job>;
  admin(path: string, body?: unknown): Promise<Response>;
  /** All isolates and objects end, and begin anew with what was stored; their clocks are ahead of the real one by so much. */
  restart(aheadMs: number): Promise<void>;
  /** Everything that the isolates and objects have logged. */
  readonly logged: readonly string[];
  /** The lines and notices that hold a secret, a question or an answer. */
  leaks(): readonly string[];
  dispose(): Promise<void>;
}

export type Job = z.infer<typeof Job>;

export const Job = z.looseObject({
  id: z.string(),
  status: z.string(),
  attempts: z.number(),
  updated_at: z.string(),
  history: z.array(z.looseObject({ status: z.string(), reason: z.string() })),
  answer: z.nullable(
    z.looseObject({ choices: z.tuple([z.looseObject({ message: z.looseObject({ content: z.string() }) })]) }),
  ),
  callback: z.nullable(z.looseObject({ status: z.string(), attempts: z.number() })),
});

/** In every question of these tests, and nowhere else. */
export const QUESTION_WORD = "pampilhosa";

export const SIGNING_SECRET = `whsec_${Buffer.from("the secret that signs what is told").toString("base64")}`;
export const QSTASH_KEYS = { currentSigningKey: "sig_faults_current", nextSigningKey: "sig_faults_next" };
export const CALLER_KEY = serverKey();
const ADMIN_KEY = "faults-admin-key";
const PROVIDER_KEY = "sk-faults-provider-key";
const REDIS_TOKEN = "faults-redis-token";
const QSTASH_TOKEN = "faults-qstash-token";

/** What a run of these tests must not have said to anybody. */
const SECRETS: readonly string[] = [
  QUESTION_WORD,
  ANSWER_WORD,
  SIGNING_SECRET,
  QSTASH_KEYS.currentSigningKey,
  QSTASH_KEYS.nextSigningKey,
  CALLER_KEY,
  KEY_SECRET,
  ADMIN_KEY,
  PROVIDER_KEY,
  REDIS_TOKEN,
  QSTASH_TOKEN,
];

export async function startFaultStage(options: FaultStageOptions = {}): Promise<FaultStage> {
  const stateFolder = mkdtempSync(join(tmpdir(), "lisbon-faults-"));
  const logged: string[] = [];
  const address: OneAddress = await startOneAddress();
  const provider = await startTellingProvider();
  const [called, told] = await Promise.all([startNoticeReceiver(), startNoticeReceiver()]);
  const server = await startRedisServer();
  const redisBackend = server === null ? embeddedRedis(realClock) : connectRedis({ path: server.path });
  const redis = await startRedisFront({ token: REDIS_TOKEN, backend: redisBackend });
  const qstash = await startLocalQstash({
    token: QSTASH_TOKEN,
    ...QSTASH_KEYS,
    ...(options.qstashClock && { clock: options.qstashClock }),
    ...(options.qstashLimits && { limits: options.qstashLimits }),
  });
  const toQstash = await startOneAddress();
  toQstash.leadTo([qstash.url]);
  let isolates = await startAhead(0);

  return {
    urls,
    url: address.url,
    provider,
    qstash,
    toQstash,
    redis,
    redisBackend,
    called,
    told,
    logged,
    fetch: ask,
    client: (isolate) =>
      new OpenAI({ apiKey: CALLER_KEY, baseURL: `${urlOf(isolate)}/v1`, maxRetries: 0, logLevel: "off" }),
    async park(isolate, question, more = {}) {
      const response = await ask(isolate, "/v1/chat/completions", {
        method: "POST",
        body: JSON.stringify({ model: "auto", messages: [{ role: "user", content: question }], ...more }),
      });
      const body = await response.text();
      if (response.status !== 202) throw new Error(`${response.status} instead of 202: ${body}`);
      return response.headers.get("x-lisbon-job") ?? "";
    },
    async job(jobId, isolate = 0) {
      return Job.parse(await (await ask(isolate, `/v1/jobs/${jobId}`)).json());
    },
    admin: (path, body) =>
      fetch(`${urlOf(0)}${path}`, {
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
        ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      }),
    async restart(aheadMs) {
      address.leadTo([]);
      await isolates.dispose();
      isolates = await startAhead(aheadMs);
    },
    leaks() {
      const said = [...logged, ...told.received.map(({ body }) => body)];
      return SECRETS.flatMap((secret) => said.filter((line) => line.includes(secret)));
    },
    async dispose() {
      await isolates.dispose();
      await Promise.all([address, toQstash, provider, called, told, qstash, redis].map((each) => each.close()));
      await redisBackend.close();
      await server?.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };

  function urls(): readonly string[] {
    return isolates.workers.map(({ url }) => url);
  }

  function urlOf(isolate: number): string {
    return urls()[isolate % urls().length] ?? "";
  }

  function ask(isolate: number, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${CALLER_KEY}`, ...headersOf(init) };
    return fetch(`${urlOf(isolate)}${path}`, { ...init, headers });
  }

  async function startAhead(aheadMs: number): Promise<Isolates> {
    const started = await startIsolates({
      count: 3,
      routes: "test/fixtures/routes.faults.json",
      stateFolder,
      onLog: (line) => void logged.push(line),
      bindings: {
        LISBON_ENVIRONMENT: "development",
        LISBON_KEY_SECRET: KEY_SECRET,
        LISBON_ADMIN_KEY: ADMIN_KEY,
        LISBON_URL: address.url,
        LISBON_SIGNING_SECRET: SIGNING_SECRET,
        ONE_URL: provider.url,
        ONE_KEY: PROVIDER_KEY,
        NOTICE_WEBHOOK_URL: told.url,
        UPSTASH_REDIS_REST_URL: redis.url,
        UPSTASH_REDIS_REST_TOKEN: REDIS_TOKEN,
        QSTASH_URL: toQstash.url,
        QSTASH_TOKEN,
        QSTASH_CURRENT_SIGNING_KEY: QSTASH_KEYS.currentSigningKey,
        QSTASH_NEXT_SIGNING_KEY: QSTASH_KEYS.nextSigningKey,
        CHAOS: "on",
        LISBON_CLOCK_AHEAD_MS: String(aheadMs),
      },
    });
    address.leadTo(started.workers.map(({ url }) => url));
    return started;
  }
}

function headersOf({ headers }: RequestInit): Readonly<Record<string, string>> {
  return Object.fromEntries(new Headers(headers));
}

export function answerOf({ answer }: Job): string | null {
  return answer?.choices[0].message.content ?? null;
}

/** What somebody who was called back takes for ours: throws where the signature does not fit. */
export function verifiedCallback({ headers, body }: Received): {
  readonly id: string;
  readonly type: string;
  readonly job: Job;
} {
  const given = (name: string): string => headers[name]?.toString() ?? "";
  new Webhook(SIGNING_SECRET).verify(body, {
    "webhook-id": given("webhook-id"),
    "webhook-timestamp": given("webhook-timestamp"),
    "webhook-signature": given("webhook-signature"),
  });
  const { type, data } = z.object({ type: z.string(), data: Job }).parse(JSON.parse(body));
  return { id: given("webhook-id"), type, job: data };
}
