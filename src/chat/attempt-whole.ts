import { messageOf } from "../anthropic-api/message-of.ts";
import type { Deps } from "../deps.ts";
import type { Failure } from "../domain/failure.ts";
import { estimateUsage, reportedUsage, type CallUsage } from "../domain/call-usage.ts";
import { readTextWithin } from "../lib/read-text.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { ChatCompletion } from "../openai/chat-completion.ts";
import { connectionFailure, send } from "../providers/send.ts";
import type { LisbonNote } from "../openai/chat-chunk.ts";
import { attemptClock } from "./attempt-clock.ts";
import type { Attempted, AttemptContext } from "./attempt-context.ts";
import { judgeCompletion } from "./judge-answer.ts";
import { outgoingKey } from "./outgoing-key.ts";
import { isNative, wireFor } from "./wire-for.ts";

/** Of what is left of the deadline, while another candidate remains: a silent provider never eats it all. */
const SHARE_WHILE_OTHERS_REMAIN = 0.6;

/**
 * An unstreamed attempt has one clock, because providers send headers
 * together with the answer.
 */
export async function attemptWhole(context: AttemptContext, deps: Deps): Promise<Result<Attempted, Failure>> {
  const { route, provider, call, last, leftMs, send: sending } = context;
  const { watchdog } = sending;
  const shareMs = last ? leftMs : leftMs * SHARE_WHILE_OTHERS_REMAIN;
  watchdog.arm(attemptClock(route.clocks.attemptMs ?? Infinity, "attemptMs", shareMs));
  try {
    const wire = wireFor(context, { stream: false });
    const response = await send({ wire, idempotencyKey: await outgoingKey(call, route, wire.body) }, sending);
    if (!response.ok) return response;
    const text = await bodyOf(response.value, context, deps.routing.limits.maxStreamBytes);
    if (!text.ok) return text;
    const body = parsed(text.value);
    if (!body.ok) return body;
    const completion = provider.fromResponse(body.value, context.stamp);
    if (!completion.ok) return completion;
    const usage = usageOf(completion.value, wire.body.length);
    context.money.settle(usage);
    const got = { text: text.value, parsed: body.value };
    const told = noted(bodyFor(context, completion.value, got), context.told);
    const answer = { kind: "completion", route, body: told, usage, completion: completion.value } as const;
    return ok(call.kind.quality === null ? answer : { ...answer, flawed: judgeCompletion(completion.value, call) });
  } finally {
    watchdog.disarm();
  }
}

async function bodyOf(
  response: Response,
  { send: sending }: AttemptContext,
  maxBytes: number,
): Promise<Result<string, Failure>> {
  try {
    const text = await readTextWithin(response, maxBytes);
    return text === null ? fail({ kind: "answer_too_large", detail: `over ${maxBytes} bytes` }) : ok(text);
  } catch {
    return fail(connectionFailure(sending, "reset"));
  }
}

/** In the caller's dialect: the provider's own bytes, unless something had to be translated or filled in. */
function bodyFor(
  { call, route }: AttemptContext,
  completion: ChatCompletion,
  got: { readonly text: string; readonly parsed: unknown },
): string {
  if (call.dialect === "anthropic") {
    return isNative(call, route) ? got.text : JSON.stringify(messageOf(completion));
  }
  return completion === got.parsed ? got.text : JSON.stringify(completion);
}

/** `body` is an object, which is not written anew for one field more. */
function noted(body: string, told: LisbonNote | null): string {
  return told === null ? body : `${body.slice(0, body.lastIndexOf("}"))},"x_lisbon":${JSON.stringify(told)}}`;
}

function parsed(text: string): Result<unknown, Failure> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return fail({ kind: "unreadable", detail: "a 200 whose body is not JSON" });
  }
}

function usageOf(completion: ChatCompletion, promptBytes: number): CallUsage {
  const { usage } = completion;
  return usage ? reportedUsage(usage) : estimateUsage(promptBytes, completion.choices[0]?.message.content?.length ?? 0);
}
