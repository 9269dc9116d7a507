/** What the REST API says for a reply of Redis. */
import { assertNever } from "../../src/lib/assert-never.ts";
import type { RedisReply } from "./redis-backend.ts";

/** `base64` where the request asked for it; `text` turns bytes that are no UTF-8 into U+FFFD. */
export type Encoding = "base64" | "text";

export type RestReply = { readonly result: JsonValue } | { readonly error: string };

export function restReplyOf(reply: RedisReply, encoding: Encoding): RestReply {
  return reply.kind === "error" ? { error: reply.message } : { result: jsonOf(reply, encoding) };
}

type JsonValue = null | number | string | readonly JsonValue[];

function jsonOf(reply: RedisReply, encoding: Encoding): JsonValue {
  switch (reply.kind) {
    case "null":
      return null;
    case "integer":
      return reply.value;
    case "bulk":
      return reply.bytes.toString(encoding === "base64" ? "base64" : "utf8");
    case "status":
      // https://github.com/upstash/redis-js/blob/main/pkg/http.ts (`decode`): the word OK alone comes as it is.
      return encoding === "base64" && reply.text !== "OK" ? Buffer.from(reply.text).toString("base64") : reply.text;
    case "error":
      return reply.message;
    case "array":
      return reply.items.map((item) => jsonOf(item, encoding));
    default:
      return assertNever(reply);
  }
}
