import type { Deps } from "../deps.ts";
import type { Failure } from "../domain/failure.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { readTextUpTo } from "../lib/read-text.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import { connectionFailure, send } from "../providers/send.ts";
import { AnswerReader } from "../stream/answer-reader.ts";
import { untilFirstWords } from "../stream/commit-gate.ts";
import { pump, type RunningStream } from "../stream/pump.ts";
import { relay } from "../stream/relay.ts";
import { attemptClock } from "./attempt-clock.ts";
import type { Answer, AttemptContext } from "./attempt-context.ts";
import { outgoingKey } from "./outgoing-key.ts";

/** A streamed attempt takes at most this of the time that is left before its first words, while another candidate remains. */
const SHARE_WHILE_OTHERS_REMAIN = 0.5;
/** A JSON or HTML page larger than this says nothing that its beginning does not say. */
const MAX_PAGE_BYTES = 65_536;

export async function attemptStream(context: AttemptContext, deps: Deps): Promise<Result<Answer, Failure>> {
  const { watchdog } = context.send;
  const begun = await begin(context, deps);
  watchdog.disarm();
  // A failed attempt's connection is of no use to anybody.
  if (!begun.ok) watchdog.abort();
  return begun;
}

async function begin(context: AttemptContext, deps: Deps): Promise<Result<Answer, Failure>> {
  const { route, provider, call, last, leftMs, send: sending } = context;
  const { watchdog, clock } = sending;
  const startedAtMs = clock.now();
  const shareMs = last ? leftMs : leftMs * SHARE_WHILE_OTHERS_REMAIN;
  watchdog.arm(attemptClock(route.clocks.headersMs, "headersMs", shareMs));

  // A job keeps what it passes on, so it must see every event.
  const pumped = route.api === "openai" && call.kind.stream === "pumped" && call.from.kind === "caller";
  const wire = provider.toRequest(pumped ? call.request : withUsage(call.request), route, true);
  const response = await send({ wire, idempotencyKey: await outgoingKey(call, route, wire.body) }, sending);
  if (!response.ok) return response;
  const notAStream = await pageInstead(response.value, context);
  if (notAStream !== null) return fail(notAStream);
  if (!response.value.body) return fail({ kind: "empty_answer", detail: "a 200 without a body" });

  const usedMs = clock.now() - startedAtMs;
  watchdog.arm(attemptClock(route.clocks.firstTokenMs, "firstTokenMs", shareMs - usedMs, usedMs));
  const branches = pumped ? response.value.body.tee() : null;
  const reader = new AnswerReader(
    branches ? branches[1] : response.value.body,
    provider.fromStream(context.stamp),
    clock,
    !pumped,
  );
  const words = await untilFirstWords(reader, {
    mayBeEmpty: context.stamp.mayBeEmpty,
    lost: () => connectionFailure(sending, "stream_cut"),
  });
  if (!words.ok) {
    reader.cancel();
    // A branch that nobody reads would keep the connection.
    void branches?.[0].cancel().catch(() => undefined);
    return words;
  }
  watchdog.disarm();

  const { callerSignal } = call;
  const { maxStreamBytes, drainMs } = deps.routing.limits;
  const limits = { idleMs: route.clocks.idleMs, maxStreamMs: route.clocks.maxStreamMs, maxStreamBytes, drainMs };
  const shared = { reader, watchdog, callerSignal, limits, clock };
  const running: RunningStream = branches
    ? pump({ ...shared, client: branches[0] })
    : relay({ ...shared, includeUsage: call.request.stream_options?.include_usage === true });

  const durationMs = clock.now() - startedAtMs;
  const ended = running.ended.then((failure) => {
    // A stream is a success only now.
    deps.breakers.record({ route, startedAtMs, durationMs, failure });
    return { failure, usage: reader.fold.callUsage(wire.body.length) };
  });
  deps.afterReply(ended);
  return ok({ kind: "stream", route, body: running.body, ended });
}

/** Where JavaScript sees every event it can take the extra usage chunk out again, so it asks for it. */
function withUsage(request: ChatRequest): ChatRequest {
  return { ...request, stream_options: { ...request.stream_options, include_usage: true } };
}

/** A 200 that is no event stream: an error as JSON, or somebody's HTML. Null: it may well be a stream. */
async function pageInstead(response: Response, context: AttemptContext): Promise<Failure | null> {
  const type = response.headers.get("content-type") ?? "";
  if (!type.includes("json") && !type.includes("html")) return null;
  const { provider, send: sending, stamp } = context;
  let text: string;
  try {
    text = await readTextUpTo(response, MAX_PAGE_BYTES);
  } catch {
    return connectionFailure(sending, "reset");
  }
  const unreadable: Failure = { kind: "unreadable", detail: `asked for a stream, got ${type}` };
  try {
    const whole = provider.fromResponse(JSON.parse(text), stamp);
    return whole.ok ? unreadable : whole.failure;
  } catch {
    return unreadable; // not JSON at all
  }
}
