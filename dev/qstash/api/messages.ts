/** https://upstash.com/docs/qstash/api-reference/messages/get-a-message, cancel, bulk cancel. */
import { readFilter } from "../filter.ts";
import { messageView } from "../message.ts";
import type { Account, ApiCall } from "./call.ts";
import { type ApiReply, errorReply, jsonReply, notSupported } from "./reply.ts";

export function getMessage([, id = ""]: readonly string[], { office }: Account): ApiReply {
  const message = office.find(id);
  return message === undefined ? notFound(id) : jsonReply(200, messageView(message));
}

export function cancelMessage([, id = ""]: readonly string[], { office }: Account): ApiReply {
  const message = office.find(id);
  if (message === undefined) return notFound(id);
  office.cancel(message);
  return jsonReply(202, { cancelled: 1 });
}

/** "If no filter or messageIds are sent, QStash will cancel all of your messages." `count` is ignored. */
export function cancelMessages({ query }: ApiCall, { office }: Account): ApiReply {
  if (query.get("async") === "true") return notSupported("bulk actions");
  const filter = readFilter(query, []);
  if (typeof filter === "string") return notSupported(filter);
  const cancelled = office.select(filter);
  for (const message of cancelled) office.cancel(message);
  return jsonReply(202, { cancelled: cancelled.length });
}

function notFound(id: string): ApiReply {
  return errorReply(404, `message ${id} not found`);
}
