/** The smallest question that tells whether a route answers: one word in, one token out. */
import type { ProbeOutcome } from "./breaker/probe.ts";
import { hopHeader } from "./domain/hop.ts";
import { reportedUsage, type CallUsage } from "./domain/call-usage.ts";
import type { Route } from "./domain/route.ts";
import type { Clock } from "./lib/clock.ts";
import type { Fetch } from "./lib/fetch.ts";
import { readTextWithin } from "./lib/read-text.ts";
import { createWatchdog } from "./lib/watchdog.ts";
import type { ChatCompletion } from "./openai/chat-completion.ts";
import { providers } from "./providers/all.ts";
import { connectionFailure, send } from "./providers/send.ts";

const PROBE_TIMEOUT_MS = 10_000;
const MAX_PROBE_BYTES = 1024 * 1024;
/** In OpenAI's language. */
export const QUESTION = { model: "probe", messages: [{ role: "user" as const, content: "ping" }], max_tokens: 1 };

/** `deployment`: for the hop header; null: none. */
export async function probeRoute(
  route: Route,
  clock: Clock,
  fetch: Fetch,
  deployment: string | null = null,
): Promise<ProbeOutcome> {
  const provider = providers[route.api];
  const nobody = new AbortController().signal;
  const watchdog = createWatchdog(clock, nobody);
  const startedAtMs = clock.now();
  const took = (): number => clock.now() - startedAtMs;
  watchdog.arm({ limitMs: PROBE_TIMEOUT_MS, name: "probe" });
  try {
    const sending = { provider, watchdog, callerSignal: nobody, fetch, clock, hop: hopHeader(deployment, 0) };
    const response = await send({ wire: provider.toRequest(QUESTION, route, false), idempotencyKey: null }, sending);
    if (!response.ok) return { ms: took(), failure: response.failure };
    let body: unknown;
    try {
      body = JSON.parse((await readTextWithin(response.value, MAX_PROBE_BYTES)) ?? "");
    } catch (cause) {
      const unreadable = cause instanceof SyntaxError;
      const failure = unreadable
        ? ({ kind: "unreadable", detail: "a 200 whose body is not JSON" } as const)
        : connectionFailure(sending, "reset");
      return { ms: took(), failure };
    }
    // One token may be too few for a word; that is no fault of the route's.
    const stamp = { id: "probe", createdSeconds: Math.floor(startedAtMs / 1000), model: route.model, mayBeEmpty: true };
    const completion = provider.fromResponse(body, stamp);
    if (!completion.ok) return { ms: took(), failure: completion.failure };
    return { ms: took(), failure: null, usage: usageOf(completion.value) };
  } finally {
    watchdog.disarm();
  }
}

/** What came and went is about a dozen tokens, whoever counts them. */
const FEW_TOKENS: CallUsage = { promptTokens: 10, completionTokens: 1, source: "estimated" };

function usageOf({ usage }: ChatCompletion): CallUsage {
  return usage ? reportedUsage(usage) : FEW_TOKENS;
}
