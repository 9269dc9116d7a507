/** https://upstash.com/docs/qstash/api-reference/dlq/list-dlq-messages, get, delete, retry. */
import { type DeadLetter, deadLetterView } from "../dead-letters.ts";
import { readFilter, valuesOf } from "../filter.ts";
import type { Callback, Message } from "../message.ts";
import type { Account, ApiCall } from "./call.ts";
import { page } from "./page.ts";
import { isReply, readOrder, refusedByPlan } from "./publish.ts";
import { type ApiReply, emptyReply, errorReply, jsonReply, notSupported } from "./reply.ts";

const FILTERS = ["responseStatus"];

export function listDeadLetters(call: ApiCall, account: Account): ApiReply {
  const chosen = choose(call, account);
  if (!Array.isArray(chosen)) return chosen;
  const { items, cursor } = page(chosen, call.query);
  return jsonReply(200, { messages: items.map(deadLetterView), ...(cursor === undefined ? {} : { cursor }) });
}

export function getDeadLetter([, id = ""]: readonly string[], { office }: Account): ApiReply {
  const letter = office.deadLetters.get(id);
  return letter === undefined ? notFound(id) : jsonReply(200, deadLetterView(letter));
}

export function deleteDeadLetter([, id = ""]: readonly string[], { office }: Account): ApiReply {
  return office.deadLetters.remove(id) ? emptyReply() : notFound(id);
}

export function deleteDeadLetters(call: ApiCall, account: Account): ApiReply {
  const chosen = choose(call, account);
  if (!Array.isArray(chosen)) return chosen;
  const { items } = page(chosen, call.query);
  for (const { dlqId } of items) account.office.deadLetters.remove(dlqId);
  return jsonReply(200, { deleted: items.length, ...(items.length < chosen.length ? { cursor: "0" } : {}) });
}

/** "404: Some messages were not found in the DLQ". */
export function retryDeadLetters(call: ApiCall, account: Account): ApiReply {
  const missing = valuesOf(call.query, "dlqIds").find((id) => account.office.deadLetters.get(id) === undefined);
  if (missing !== undefined) return notFound(missing);
  const chosen = choose(call, account);
  if (!Array.isArray(chosen)) return chosen;
  const { items } = page(chosen, call.query);
  const responses: unknown[] = [];
  for (const letter of items) {
    const retried = retry(letter, call, account);
    if (typeof retried !== "string") return retried;
    responses.push({ messageId: retried });
  }
  return jsonReply(201, { responses, ...(items.length < chosen.length ? { cursor: "0" } : {}) });
}

export function retryDeadLetter(call: ApiCall, account: Account): ApiReply {
  const letter = account.office.deadLetters.get(call.parts[2] ?? "");
  if (letter === undefined) return notFound(call.parts[2] ?? "");
  const retried = retry(letter, call, account);
  return typeof retried === "string" ? jsonReply(201, { messageId: retried }) : retried;
}

function choose({ query }: ApiCall, { office }: Account): DeadLetter[] | ApiReply {
  const ids = valuesOf(query, "dlqIds");
  if (ids.length > 0) return office.deadLetters.select(() => true).filter(({ dlqId }) => ids.includes(dlqId));
  const filter = readFilter(query, FILTERS);
  return typeof filter === "string" ? notSupported(filter) : [...office.deadLetters.select(filter)];
}

/**
 * "A new message with the same body and headers is created", and the call's headers
 * override its configuration. The new message's id, or the refusal.
 */
function retry({ dlqId, message }: DeadLetter, call: ApiCall, { office }: Account): string | ApiReply {
  const overrides = Object.entries(call.headers).filter(([name]) => name.startsWith("upstash-"));
  const headers = { ...publishHeadersOf(message), ...Object.fromEntries(overrides) };
  const order = readOrder(message.url, headers, message.body);
  if (isReply(order)) return order;
  const refused = refusedByPlan(office, [order]);
  if (refused !== undefined) return refused;
  office.deadLetters.remove(dlqId);
  const origin = message.scheduleId === undefined ? {} : { scheduleId: message.scheduleId };
  return office.publish(order.url, order.options, order.body, origin).messageId;
}

function publishHeadersOf(message: Message): Record<string, string> {
  const { flowControl } = message;
  return {
    ...prefixed("upstash-forward-", message.headers),
    "upstash-method": message.method,
    "upstash-retries": String(message.maxRetries),
    ...(message.retryDelay === undefined ? {} : { "upstash-retry-delay": message.retryDelay }),
    ...(message.timeoutMs === undefined ? {} : { "upstash-timeout": `${message.timeoutMs / 1000}s` }),
    ...(message.labels.length === 0 ? {} : { "upstash-label": message.labels.join(",") }),
    ...(flowControl === undefined
      ? {}
      : { "upstash-flow-control-key": flowControl.key, "upstash-flow-control-value": flowControl.value }),
    ...callbackHeaders("upstash-callback", message.callback),
    ...callbackHeaders("upstash-failure-callback", message.failureCallback),
  };
}

function callbackHeaders(name: string, callback: Callback | undefined): Record<string, string> {
  if (callback === undefined) return {};
  const own = Object.entries(callback.headers).map(([key, value]) => [key.slice("upstash-".length), value]);
  return { [name]: callback.url, ...prefixed(`${name}-`, Object.fromEntries(own)) };
}

function prefixed(prefix: string, headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [`${prefix}${name}`, value]));
}

function notFound(id: string): ApiReply {
  return errorReply(404, `dlq message ${id} not found`);
}
