/** The callers of the soak: who they are, how often each comes, and what it takes for an answer. */
import { Agent, request as begin, type ClientRequest, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Caller {
  readonly name: string;
  /** Of all calls. */
  readonly share: number;
  readonly kind: string;
  readonly stream: boolean;
  readonly manner: "patient" | "slow" | "hangs-up";
  /** Sent with `Idempotency-Key`: always a new one, or one of a few. */
  readonly key: "none" | "new" | "repeated";
  /** Whether its time is compared between the first and the last fifth: only of calls whose provider is well. */
  readonly timed: boolean;
}

const plain = { stream: false, manner: "patient", key: "none", timed: false } as const;

export const CALLERS: readonly Caller[] = [
  { ...plain, name: "short answer", share: 0.34, kind: "well", timed: true },
  { ...plain, name: "stream", share: 0.2, kind: "well", stream: true, timed: true },
  { ...plain, name: "checked stream", share: 0.08, kind: "checked", stream: true, timed: true },
  { ...plain, name: "cut stream", share: 0.08, kind: "cut", stream: true },
  { ...plain, name: "stalled stream", share: 0.05, kind: "stall", stream: true },
  { ...plain, name: "slow caller", share: 0.04, kind: "well", stream: true, manner: "slow" },
  { ...plain, name: "hang-up", share: 0.07, kind: "well", stream: true, manner: "hangs-up" },
  { ...plain, name: "failover", share: 0.05, kind: "failover" },
  { ...plain, name: "parked", share: 0.03, kind: "parked" },
  { ...plain, name: "idempotent", share: 0.03, kind: "well", key: "new" },
  { ...plain, name: "idempotent stream", share: 0.02, kind: "well", stream: true, key: "new" },
  { ...plain, name: "repeated key", share: 0.01, kind: "well", key: "repeated" },
];

export interface CallResult {
  readonly status: number;
  /** A JSON body, or a stream up to its terminal event. */
  readonly whole: boolean;
  /** Of a stream until its first words, otherwise until the end. */
  readonly ms: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
/** Longer than any of these calls may take. */
const LIMIT_MS = 60_000;
const SLOW_PAUSE_MS = 2_000;

/** Rejects where the connection broke without its caller's doing. */
export async function callAs(caller: Caller, number: number, url: string, key: string): Promise<CallResult> {
  const began = performance.now();
  const { request, response } = await open(caller, number, url, key);
  let text = "";
  let firstMs: number | null = null;
  for await (const piece of response) {
    text += String(piece);
    if (firstMs === null && text.includes("word")) {
      firstMs = performance.now() - began;
      if (caller.manner === "hangs-up") {
        request.destroy();
        break;
      }
      if (caller.manner === "slow") await sleep(SLOW_PAUSE_MS);
    }
  }
  const endMs = performance.now() - began;
  const whole = caller.stream ? text.includes("[DONE]") : text.trimEnd().endsWith("}");
  return { status: response.statusCode ?? 0, whole, ms: caller.stream ? (firstMs ?? endMs) : endMs };
}

function open(
  caller: Caller,
  number: number,
  url: string,
  key: string,
): Promise<{ readonly request: ClientRequest; readonly response: IncomingMessage }> {
  const ofKey =
    caller.key === "none" ? {} : { "idempotency-key": caller.key === "new" ? `soak-${number}` : "soak-again" };
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}`, ...ofKey };
  const text = caller.key === "repeated" ? "The same again." : `Summarise call ${number} in two sentences, please.`;
  const body = { model: caller.kind, messages: [{ role: "user", content: text }], stream: caller.stream };
  return new Promise((resolve, reject) => {
    const request = begin(`${url}/v1/chat/completions`, { method: "POST", agent, headers, timeout: LIMIT_MS });
    request.on("response", (response) => resolve({ request, response }));
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
    request.end(JSON.stringify(body));
  });
}

/** In the shares that they have of each other. */
export function callersNamed(names: readonly string[]): readonly Caller[] {
  const unknown = names.filter((name) => !CALLERS.some((caller) => caller.name === name));
  if (unknown.length > 0) throw new Error(`No such callers: ${unknown.join(", ")}`);
  return CALLERS.filter(({ name }) => names.includes(name));
}

/** `at`: 0 to 1. */
export function callerAt(at: number, callers: readonly Caller[] = CALLERS): Caller {
  let before = at * callers.reduce((sum, { share }) => sum + share, 0);
  for (const caller of callers) {
    before -= caller.share;
    if (before < 0) return caller;
  }
  return first;
}

const [first = { ...plain, name: "short answer", share: 1, kind: "well" }] = CALLERS;

/** What this caller should get. A parked call is 202 with its job; away routes may be back, so 200 is right as well. */
export function isRight({ name, manner }: Caller, { status, whole }: CallResult): boolean {
  if (manner === "hangs-up") return status === 200;
  if (name === "parked") return status === 202 || status === 200;
  return status === 200 && whole;
}
