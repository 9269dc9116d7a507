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
  const keys = new Map<RouterCall["body"], string>();
  return {
    withKey(call) {
      if (ONLY_READS.has(call.method) || idempotencyKeyOf(call) !== null) return call;
      const isRepeat = Number(call.headers.get("x-stainless-retry-count") ?? 0) > 0;
      const key = (isRepeat ? keys.get(call.body) : undefined) ?? newKey();
      remember(call.body, key);
      return withHeaders(call, { "idempotency-key": key });
    },
  };

  function remember(body: RouterCall["body"], key: string): void {
    keys.delete(body);
    keys.set(body, key);
    const [oldest] = keys.keys();
    if (keys.size > MOST_REMEMBERED && oldest !== undefined) keys.delete(oldest);
  }
}

/** `crypto.randomUUID` is not there in pages without https. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `js-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
