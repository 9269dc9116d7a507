/**
 * A local QStash for development and tests: its REST protocol on 127.0.0.1, with
 * real signatures, retries, delays, flow control and dead letters, and misbehaving
 * on request (`faults.ts`). What the documented API does not take is refused with
 * 400, what is not built here with 501. With a `ManualClock` time passes only by
 * `passTime`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Account, ApiCall } from "./api/call.ts";
import { dailyLimit } from "./api/publish.ts";
import { type ApiReply, errorReply, notSupported } from "./api/reply.ts";
import { route } from "./api/route.ts";
import { type Clock, realClock } from "./clock.ts";
import { Courier, type Delivery } from "./courier.ts";
import { type CallFault, type FaultName, type FaultRule, FaultRules } from "./faults.ts";
import { FREE_PLAN, Plan, type PlanLimits } from "./plan.ts";
import { PostOffice } from "./post-office.ts";
import { Schedules } from "./schedules.ts";
import { SigningKeys } from "./signature.ts";

export interface LocalQstashOptions {
  /** 0, the default: any free one. */
  readonly port?: number;
  readonly token: string;
  readonly currentSigningKey: string;
  readonly nextSigningKey: string;
  readonly clock?: Clock;
  /** The free plan's by default. */
  readonly limits?: Partial<PlanLimits>;
}

export interface LocalQstash {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly token: string;
  /** Everything sent to destinations since the start or the last `clearDeliveries`, callbacks included. */
  readonly deliveries: readonly Delivery[];
  clearDeliveries(): void;
  /** Throws on a fault that does not exist: that is a bug in the test. */
  setFault(rule: FaultRule): void;
  clearFaults(name?: FaultName): void;
  setLimits(limits: Partial<PlanLimits>): void;
  /** Publishes as if the schedule's time had come; answers the message's id, or nothing where it is paused. */
  fireSchedule(scheduleId: string): string | undefined;
  /** When no delivery is under way. */
  settled(): Promise<void>;
  /** Ends every connection and forgets everything. */
  close(): Promise<void>;
}

export async function startLocalQstash(options: LocalQstashOptions): Promise<LocalQstash> {
  const clock = options.clock ?? realClock;
  const keys = new SigningKeys(options.currentSigningKey, options.nextSigningKey);
  const plan = new Plan({ ...FREE_PLAN, ...options.limits }, clock);
  const rules = new FaultRules();
  const courier = new Courier({ clock, keys, responseMs: () => plan.limits.responseSeconds * 1000 });
  const office = new PostOffice({ clock, courier, rules, plan });
  const schedules = new Schedules();
  const server = createServer((request, response) => {
    void answer(request, response, options.token, { office, schedules, keys }, rules).catch((cause: unknown) => {
      failed(response, cause);
    });
  });
  // Longer than any client keeps a connection, so that none is reused as it closes.
  server.keepAliveTimeout = 60_000;

  return {
    url: await listen(server, options.port ?? 0),
    token: options.token,
    deliveries: courier.deliveries,
    clearDeliveries: () => void (courier.deliveries.length = 0),
    setFault: (rule) => rules.set(rule),
    clearFaults: (name) => {
      rules.clear(name);
      office.release();
    },
    setLimits: (limits) => void (plan.limits = { ...plan.limits, ...limits }),
    fireSchedule: (scheduleId) => {
      const schedule = schedules.get(scheduleId);
      if (schedule === undefined) throw new Error(`no schedule is named ${scheduleId}`);
      if (schedule.isPaused) return undefined;
      return office.publish(schedule.destination, schedule.options, schedule.body, { scheduleId }).messageId;
    },
    settled: () => courier.settled(),
    close: async () => {
      office.close();
      courier.close();
      await close(server);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  account: Account,
  rules: FaultRules,
): Promise<void> {
  const call = await readCall(request);
  const fault = rules.meetCall(request.url ?? "")?.name;
  if (fault === "down") {
    response.socket?.destroy();
    account.office.release();
    return;
  }
  const reply = faultReply(fault, account) ?? refusedCaller(call, token) ?? route(call, account);
  if (fault === "lose-answer") {
    response.socket?.destroy();
    return;
  }
  send(response, reply);
}

async function readCall(request: IncomingMessage): Promise<ApiCall & { readonly path: string }> {
  const path = request.url ?? "/";
  const rest = path.replace(/^\/v2\//, "");
  const [beforeQuery = "", ...query] = rest.split("?");
  return {
    path,
    method: request.method ?? "GET",
    rest,
    parts: beforeQuery.split("/").map(decoded),
    query: new URLSearchParams(query.join("?")),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, value?.toString() ?? ""]),
    ),
    body: await buffer(request),
  };
}

/** Destinations come unencoded, and may hold a `%` that is no escape. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function refusedCaller(
  { path, headers, query }: ApiCall & { readonly path: string },
  token: string,
): ApiReply | undefined {
  if (!path.startsWith("/v2/")) return errorReply(404, `not found: ${path}`);
  if (headers["authorization"] === `Bearer ${token}`) return undefined;
  return query.has("qstash_token")
    ? notSupported("qstash_token; send a Bearer token")
    : errorReply(401, "unauthorized");
}

function faultReply(fault: CallFault | undefined, { office }: Account): ApiReply | undefined {
  switch (fault) {
    case "429-burst":
      return errorReply(429, "exceeded burst rate limit", {
        "burst-ratelimit-limit": "100",
        "burst-ratelimit-remaining": "0",
        "burst-ratelimit-reset": String(Math.floor(office.clock.now() / 1000) + 1),
      });
    case "429-daily":
      return dailyLimit(office);
    case "412":
      return errorReply(412, "a limit of the plan is exceeded");
    case "500":
      return errorReply(500, "internal server error");
    default:
      return undefined;
  }
}

function send(response: ServerResponse, { status, headers, body }: ApiReply): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** A bug of ours, or a caller who left while sending; said loudly, as QStash would not answer like this. */
function failed(response: ServerResponse, cause: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  send(response, errorReply(599, `the local QStash failed: ${cause instanceof Error ? cause.message : String(cause)}`));
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("the server has no TCP port"));
      else resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
