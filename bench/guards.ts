/** `node bench/guards.ts`: what the guards and the plan of a call cost, by themselves and in one thread. */
import mapFile from "../routes.prod.json" with { type: "json" };
import { createBreakers } from "../src/breaker/isolate-breakers.ts";
import { emptyIsolateState } from "../src/breaker/isolate-state.ts";
import { guard } from "../src/chat/guard.ts";
import { planCandidates } from "../src/chat/plan-candidates.ts";
import { fingerprintOf, refuseLoop } from "../src/chat/request-loop.ts";
import { Trail } from "../src/chat/trail.ts";
import { type Call, NO_WISHES } from "../src/domain/call.ts";
import { hopsOf } from "../src/domain/hop.ts";
import { realClock } from "../src/lib/clock.ts";
import type { ChatRequest, Message } from "../src/openai/chat-request.ts";
import { resolveRouting } from "../src/routing/resolve-routing.ts";
import { RoutingMap } from "../src/routing/routing-map.ts";
import { median } from "./harness/statistics.ts";

/** DESIGN: the guards and the plan of an ordinary call. */
const MOST_MICROSECONDS = 25;

const routing = resolveRouting(RoutingMap.parse(mapFile), () => "a-key");
const breakers = createBreakers({
  state: emptyIsolateState(),
  switchboard: unasked,
  afterReply: () => undefined,
  clock: realClock,
  random: Math.random,
  routing,
  nearLimitMs: () => null,
  readPause: null,
  pauseUnknown: () => undefined,
});
const headers = new Headers({ authorization: "Bearer x", "content-type": "application/json" });
const deps = { routing, breakers, clock: realClock };

const sentence = "The harbour woke slowly that winter; a few men walked along the quay, checking 12 ropes. ";
const said: Message = { role: "user", content: sentence.repeat(3) };
const answered: Message = { role: "assistant", content: sentence.repeat(10) };
const tool = {
  type: "function" as const,
  function: {
    name: "look_up",
    description: sentence,
    parameters: { type: "object", properties: { at: { type: "string" } } },
  },
};

const ordinary = measure("one message", requestOf([said]));
measure("20 messages", requestOf(Array.from({ length: 10 }, () => [said, answered]).flat()));
measure("20 messages, 10 tools, 10 calls", {
  ...requestOf(withTools(10)),
  tools: Array.from({ length: 10 }, () => tool),
});
const half = measure("400 messages, 0.5 MiB", requestOf(large(0.5)));
const whole = measure("400 messages, 1 MiB", requestOf(large(1)));
console.log(`1 MiB against 0.5 MiB: ${(whole / half).toFixed(2)} ×`);
await fingerprint("a fingerprint: one message", requestOf([said]));
const halfPrint = await fingerprint("a fingerprint: 0.5 MiB", requestOf(large(0.5)));
const wholePrint = await fingerprint("a fingerprint: 1 MiB", requestOf(large(1)));
console.log(`1 MiB against 0.5 MiB: ${(wholePrint / halfPrint).toFixed(2)} ×`);
console.log(`an ordinary call: ${ordinary.toFixed(1)} µs of at most ${MOST_MICROSECONDS} µs: ${verdict(ordinary)}`);

function measure(name: string, request: ChatRequest): number {
  const call = callOf(request);
  const times = Math.max(5, Math.round(2_000_000 / (JSON.stringify(request).length + 2_000)));
  const rounds = Array.from({ length: 25 }, () => {
    const began = performance.now();
    for (let time = 0; time < times; time++) once(call);
    return ((performance.now() - began) * 1000) / times;
  });
  // The first rounds are the compiler's.
  const microseconds = median(rounds.slice(5));
  console.log(`${name.padEnd(34)} ${microseconds.toFixed(1).padStart(9)} µs`);
  return microseconds;
}

function once(call: Call): void {
  hopsOf(headers, "own");
  const planned = guard(call, new Trail(), deps);
  if (!planned.ok || refuseLoop(planned.value, deps) !== null) throw new Error("refused");
  if (!planCandidates(planned.value, deps).ok) throw new Error("refused");
}

/** Only for a request that failed by its own fault, or while one of its tenant and kind is blocked. */
async function fingerprint(name: string, request: ChatRequest): Promise<number> {
  const planned = guard(callOf(request), new Trail(), deps);
  if (!planned.ok) throw new Error("refused");
  const rounds: number[] = [];
  for (let round = 0; round < 15; round++) {
    const began = performance.now();
    for (let time = 0; time < 10; time++) await fingerprintOf(planned.value);
    rounds.push(((performance.now() - began) * 1000) / 10);
  }
  const microseconds = median(rounds.slice(5));
  console.log(`${name.padEnd(34)} ${microseconds.toFixed(1).padStart(9)} µs`);
  return microseconds;
}

function verdict(microseconds: number): string {
  return microseconds <= MOST_MICROSECONDS ? "ok" : "OVER";
}

function requestOf(messages: readonly Message[]): ChatRequest {
  return { model: "auto", messages: [...messages], max_tokens: 500 };
}

function withTools(calls: number): readonly Message[] {
  return Array.from({ length: calls }, (_call, at): Message[] => [
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: `call_${at}`, type: "function", function: { name: "look_up", arguments: '{"at":"the quay"}' } },
      ],
    },
    { role: "tool", tool_call_id: `call_${at}`, content: sentence },
  ]).flat();
}

function large(mebibytes: number): readonly Message[] {
  const text = sentence.repeat(Math.ceil((mebibytes * 1024 * 1024) / 400 / sentence.length));
  // Long words: as many characters without filling the window.
  const content = text.replaceAll(" ", "");
  return Array.from({ length: 400 }, (_message, at) => ({
    role: at % 2 === 0 ? ("user" as const) : ("assistant" as const),
    content,
  }));
}

function callOf(request: ChatRequest): Call {
  return {
    requestId: "id",
    dialect: "openai",
    request,
    native: null,
    stream: false,
    readAtMs: 0,
    callerSignal: new AbortController().signal,
    from: {
      kind: "caller",
      tenant: "default",
      user: null,
      token: null,
      wishes: NO_WISHES,
      calledUrl: "https://lisbon.test",
    },
  };
}

function unasked(): never {
  throw new Error("nobody is asked");
}
