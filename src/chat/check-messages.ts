/**
 * What every provider would refuse of a conversation is found before anything
 * is sent. The caller is told which message it is; or, where the kind allows
 * it, the message or call is left out, and a notice says so.
 */
import { isFields, type Fields } from "../anthropic-api/message.ts";
import { toChatRequest } from "../anthropic-api/to-chat-request.ts";
import type { Call } from "../domain/call.ts";
import type { Kind } from "../domain/kind.ts";
import type { Refusal } from "../domain/refusal.ts";
import { assertNever } from "../lib/assert-never.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { Message } from "../openai/chat-request.ts";
import { type MessageProblem, messageProblems, type Turn } from "./message-problems.ts";
import type { Trail } from "./trail.ts";

type Conversation = Pick<Call, "request" | "native">;

export function checkMessages<Checked extends Conversation & { readonly kind: Pick<Kind, "mend"> }>(
  call: Checked,
  trail: Trail,
): Result<Checked, Refusal> {
  // Nearly every conversation is one without tools.
  if (!call.request.messages.some(hasToDoWithTools)) return ok(call);
  const problems = problemsOf(call);
  const refused = problems.find(({ what }) => what !== "same_id");
  if (call.kind.mend && problems.length > 0) {
    const mended = without(problems, call);
    if (mended.request.messages.length > 0) {
      trail.note(`Left out of the conversation: ${leftOut(problems)}`);
      return ok(mended);
    }
  }
  return refused === undefined ? ok(call) : fail(refusalOf(refused));
}

function hasToDoWithTools(message: Message): boolean {
  return message.role === "tool" || (message.role === "assistant" && message.tool_calls != null);
}

/** The indices are those of the caller's own messages, in its own dialect. */
function problemsOf({ request, native }: Conversation): readonly MessageProblem[] {
  return native === null
    ? messageProblems(request.messages.map(turnOf), { runs: false })
    : messageProblems(native.body.messages.map(nativeTurnOf), { runs: true });
}

const NONE = [] as const;

function turnOf(message: Message): Turn {
  if (message.role === "tool") {
    return { role: "results", calls: NONE, results: [{ id: message.tool_call_id, place: 0 }] };
  }
  if (message.role !== "assistant") return { role: "other", calls: NONE, results: NONE };
  const calls = (message.tool_calls ?? []).map(({ id }, place) => ({ id, place }));
  return { role: "assistant", calls, results: NONE };
}

function nativeTurnOf(turn: unknown): Turn {
  if (!isFields(turn) || (turn["role"] !== "user" && turn["role"] !== "assistant")) {
    return { role: "ignored", calls: NONE, results: NONE };
  }
  const role = turn["role"] === "assistant" ? "assistant" : "other";
  const isCaller = role === "assistant";
  const marks = blocksOf(turn).flatMap((block, place) => {
    const id = isCaller ? idOf(block, "tool_use", "id") : idOf(block, "tool_result", "tool_use_id");
    return id === null ? [] : [{ id, place }];
  });
  return { role, calls: isCaller ? marks : NONE, results: isCaller ? NONE : marks };
}

function idOf(block: unknown, type: string, field: string): string | null {
  if (!isFields(block) || block["type"] !== type) return null;
  const id = block[field];
  return typeof id === "string" ? id : null;
}

function blocksOf({ content }: Fields): readonly unknown[] {
  return Array.isArray(content) ? content : NONE;
}

/** The same call less what is at fault. */
function without<Checked extends Conversation>(problems: readonly MessageProblem[], call: Checked): Checked {
  const places = new Map<number, Set<number>>();
  for (const { at, place } of problems) places.set(at, (places.get(at) ?? new Set()).add(place));
  const { request, native } = call;
  if (native === null) {
    const messages = request.messages.flatMap((message, at) => lessOf(message, places.get(at)));
    return { ...call, request: { ...request, messages } };
  }
  const body = {
    ...native.body,
    messages: native.body.messages.flatMap((turn, at) => lessOfTurn(turn, places.get(at))),
  };
  return {
    ...call,
    request: { ...request, messages: toChatRequest(body).request.messages },
    native: { ...native, body },
  };
}

function lessOf(message: Message, places: ReadonlySet<number> | undefined): Message[] {
  if (places === undefined) return [message];
  if (message.role !== "assistant") return [];
  const { tool_calls: calls, ...rest } = message;
  const kept = calls?.filter((_call, place) => !places.has(place)) ?? [];
  if (kept.length > 0) return [{ ...rest, tool_calls: kept }];
  const other = rest.refusal || rest["audio"] || rest["function_call"];
  const saysNothing = (rest.content ?? "").length === 0 && !other;
  return saysNothing ? [] : [rest];
}

function lessOfTurn(turn: unknown, places: ReadonlySet<number> | undefined): unknown[] {
  if (places === undefined || !isFields(turn)) return [turn];
  const content = blocksOf(turn).filter((_block, place) => !places.has(place));
  return content.length === 0 ? [] : [{ ...turn, content }];
}

/** More than these in a header tell nobody more. */
const MOST_NAMED = 5;

function leftOut(problems: readonly MessageProblem[]): string {
  const named = problems.slice(0, MOST_NAMED).map(({ what, at }) => {
    const isCall = what === "unanswered" || what === "same_id";
    return `a tool ${isCall ? "call" : "result"} in messages[${at}]`;
  });
  const more = problems.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function refusalOf({ what, at, id, before }: MessageProblem): Refusal {
  const param = `messages[${at}]`;
  const call = JSON.stringify(id.slice(0, 100));
  const tell = (reason: string): Refusal => ({ kind: "invalid_request", param, reason: `${param}: ${reason}` });
  switch (what) {
    case "orphan":
      return tell(
        `a result for the tool call ${call}, which the assistant's message right before it did not make. Leave the result out, or put the message with the call back in front of it.`,
      );
    case "repeated":
      return tell(`a second result for the tool call ${call}. Leave one of them out; two calls need an id each.`);
    case "unanswered":
    case "same_id": {
      const where = before === null ? "before the conversation ends" : `before messages[${before}]`;
      return tell(
        `the tool call ${call} has no result ${where}. Put its result right behind it, or leave the call out.`,
      );
    }
    default:
      return assertNever(what);
  }
}
