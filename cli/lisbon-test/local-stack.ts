/**
 * The whole of Lisbon on this machine, with nothing of it made up but the
 * models: workerd, redis-server, QStash's protocol, and providers behind TCP
 * gates.
 */
import { randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { canListenAt } from "../../dev/can-listen-at.ts";
import { type LocalServices, startLocalServices } from "../../dev/local-services/start-local-services.ts";
import { type SimulatedProviders, startSimulatedProviders } from "../../dev/simulated/server.ts";
import { developmentKey } from "../../src/identity/server-key.ts";
import { ok, type Result } from "../../src/lib/result.ts";
import type { Cleanup } from "./cleanup.ts";
import { type Inbox, startInbox } from "./inbox.ts";
import { lisbonClient } from "./lisbon-client.ts";
import { type LocalWorker, startLocalWorker } from "./local-worker.ts";
import type { Behind, Bills, Faults, Stage } from "./stage.ts";
import { type Gate, startGate } from "./tcp-gate.ts";

export interface LocalStack extends Stage {
  readonly inbox: Inbox;
  readonly bills: Bills;
  readonly behind: Behind;
  readonly hasRedisServer: boolean;
  /** With the state of this name, its clock so far ahead; the one before is stopped. */
  startWorker(state: string, clockAheadMs: number): Promise<Result<null, string>>;
  stopWorker(): Promise<void>;
  /** Nobody answers where the service is, until it is back. */
  setAway(service: "redis" | "qstash", away: boolean): Promise<void>;
}

/** The café: 400 ms there and back. */
const FAR_AWAY_MS = 200;

export async function startLocalStack(cleanup: Cleanup, showLine: (line: string) => void): Promise<LocalStack> {
  const folder = mkdtempSync(join(tmpdir(), "lisbon-test-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const keySecret = secret("the-secret-of-the-callers-keys-");
  const address = {
    url: `http://127.0.0.1:${port}`,
    apiKey: await developmentKey(keySecret),
    adminKey: secret("admin_"),
    budgetSecret: secret("budget_"),
  };

  const services = await startLocalServices({ redis: "real-or-embedded", lisbonUrl: address.url });
  cleanup.add(() => services.close());
  const providers = await startSimulatedProviders({ tokensPerSecond: 50, firstTokenMs: 50 });
  cleanup.add(() => providers.close());
  const inbox = await startInbox(`whsec_${randomBytes(32).toString("base64")}`);
  cleanup.add(() => inbox.close());
  const gate = async (to: string, delayMs?: number): Promise<Gate> => {
    const { hostname: host, port: toPort } = new URL(to);
    const opened = await startGate({ to: { host, port: Number(toPort) }, ...(delayMs !== undefined && { delayMs }) });
    cleanup.add(() => opened.close());
    return opened;
  };
  const hot = [await gate(providers.url), await gate(await providers.anotherHost())] as const;
  const warm = [await gate(await providers.anotherHost()), await gate(await providers.anotherHost())] as const;
  const farAway = await gate(address.url, FAR_AWAY_MS);

  const variables = {
    LISBON_ENVIRONMENT: "development",
    LISBON_KEY_SECRET: keySecret,
    LISBON_ADMIN_KEY: address.adminKey,
    BUDGET_WEBHOOK_SECRET: address.budgetSecret,
    CHAOS: "on",
    SIM_HOT_URL: urlOf(hot[0]),
    SIM_HOT_URL_2: urlOf(hot[1]),
    SIM_CLAUDE_URL: urlOf(warm[0]),
    SIM_GEMINI_URL: urlOf(warm[1]),
    SIM_KEY: "simulated",
    ...services.variables,
    ...inbox.variables,
  };
  let worker: LocalWorker | null = null;
  const stopWorker = async (): Promise<void> => {
    await worker?.stop();
    worker = null;
  };
  cleanup.add(stopWorker);

  return {
    lisbon: lisbonClient(address),
    faults: localFaults(hot, providers),
    farAway,
    inbox,
    bills: { count: (text) => providers.calls.filter(({ body }) => JSON.stringify(body).includes(text)).length },
    behind: behindOf(services),
    hasRedisServer: services.redis.path !== null,
    async startWorker(state, clockAheadMs) {
      await stopWorker();
      const started = await startLocalWorker({
        folder: join(folder, state),
        port,
        variables: { ...variables, LISBON_CLOCK_AHEAD_MS: String(clockAheadMs) },
        showLine,
        onStarting: (stop) => cleanup.add(stop),
      });
      if (!started.ok) return started;
      worker = started.value;
      return ok(null);
    },
    stopWorker,
    async setAway(service, away) {
      if (service === "redis") await services.redis.front.setFault(away ? { kind: "down" } : null);
      else if (away) services.qstash.setFault({ fault: "down" });
      else services.qstash.clearFaults("down");
    },
  };
}

/** Ports are shut and packets swallowed for real; only a provider can say 500. */
function localFaults(hot: readonly Gate[], providers: SimulatedProviders): Faults {
  return {
    async inflict(fault) {
      if (fault === "failing") providers.setFault({ provider: "*", fault: "500" });
      else await Promise.all(hot.map((gate) => gate.set(fault === "refused" ? "closed" : "swallowing")));
      return ok(null);
    },
    async mend() {
      providers.clearFaults();
      await Promise.all(hot.map((gate) => gate.set("open")));
    },
  };
}

function behindOf({ redis, qstash, variables }: LocalServices): Behind {
  return {
    async redisValue(key, signal) {
      const url = `${redis.front.url}/get/${encodeURIComponent(key)}`;
      return RedisReply.parse(await askWith(redis.front.token, url, signal)).result;
    },
    async qstashHas(jobId, signal) {
      if (qstash.deliveries.some(({ body }) => body.includes(jobId))) return true;
      const ask = (path: string): Promise<unknown> =>
        askWith(variables.QSTASH_TOKEN, `${qstash.url}/v2/${path}`, signal);
      const { events } = QstashEvents.parse(await ask("events?state=CREATED"));
      const messages = await Promise.all(events.map(({ messageId }) => ask(`messages/${messageId}`)));
      return messages.some((message) => JSON.stringify(message).includes(jobId));
    },
  };
}

const RedisReply = z.looseObject({ result: z.string().nullable() });
const QstashEvents = z.looseObject({ events: z.array(z.looseObject({ messageId: z.string() })) });

async function askWith(token: string, url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal });
  return await response.json();
}

function urlOf({ host, port }: Gate): string {
  return `http://${host}:${port}`;
}

function secret(prefix: string): string {
  return prefix + randomBytes(18).toString("base64url");
}

/** Below what systems hand out by themselves: the Worker takes it later, when much else has asked for any free one. */
async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(10_000, 32_000);
    if (await canListenAt(port)) return port;
  }
  throw new Error("there is no free TCP port");
}
