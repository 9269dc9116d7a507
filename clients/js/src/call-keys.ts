/**
 * The `Idempotency-Key` that a call gets which has none. The official SDKs
 * repeat a failed call through `fetch` and say so: such a repeat gets the key
 * of its first try, or it would be another call with another bill.
 */
import { idempotencyKeyOf, type RouterCall, withHeaders } from "./router-call.ts";

export interface CallKeys {
  /** The call with a key of its own, where it changes something and has none. */
  withKey(call: RouterCall): RouterCall;
}

const ONLY_READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Of so many calls the keys are remembered: a repeat comes within seconds. */
const MOST_REMEMBERED = 50;

export function callKeys(): CallKeys {
  const keys = new Map<string, string>();
  return {
    withKey(call) {
      if (ONLY_READS.has(call.method) || idempotencyKeyOf(call) !== null) return call;
      const isRepeat = Number(call.headers.get("x-stainless-retry-count") ?? 0) > 0;
      const key = (isRepeat ? keyOfFirst(call) : undefined) ?? newKey();
      remember(call, key);
      return withHeaders(call, { "idempotency-key": key });
    },
  };

  function keyOfFirst({ body }: RouterCall): string | undefined {
    return typeof body === "string" ? keys.get(markOf(body)) : undefined;
  }

  function remember({ body }: RouterCall, key: string): void {
    if (typeof body !== "string") return;
    const mark = markOf(body);
    keys.delete(mark);
    keys.set(mark, key);
    const [oldest] = keys.keys();
    if (keys.size > MOST_REMEMBERED && oldest !== undefined) keys.delete(oldest);
  }
}

/**
 * What tells a body from another, for they may be megabytes long: its length and two FNV-1a hashes. Not `crypto.subtle`,
 * which is not there in pages without https. Two that are taken for one are refused by the router, never mixed up.
 * https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
 */
function markOf(body: string): string {
  let forwards = 0x811c9dc5;
  let salted = 0x01234567;
  for (let at = 0; at < body.length; at++) {
    const unit = body.charCodeAt(at);
    forwards = Math.imul(forwards ^ unit, 0x01000193);
    salted = Math.imul(salted ^ unit ^ (at & 0xff), 0x01000193);
  }
  return `${body.length}.${forwards >>> 0}.${salted >>> 0}`;
}

/** `crypto.randomUUID` is not there in pages without https. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `js-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
