/**
 * May this address be called with a job's end? Asked when a call names it, and
 * again before each call. Only names of public hosts are: whatever is an
 * address once it has been parsed as a URL (127.0.0.1, 0x7f.1, 2130706433,
 * [::ffff:7f00:1], %31%32%37.1, …) is refused, public ones too. What a name
 * resolves to cannot be asked here; a Worker's fetch reaches the public
 * internet only (`global_fetch_strictly_public`).
 */
import { hostProblem, isLoopback } from "../lib/public-host.ts";

export interface CallbackUrlRules {
  /** Host names of this Worker: a callback to it could set off the next. */
  readonly ownHosts: readonly string[];
  /** A receiver on the developer's own machine may be called: loopback, http, any port. */
  readonly development: boolean;
}

/** What is wrong with it, for whoever sent it; null: nothing is. A fragment is no harm, for it is never sent. */
export function callbackUrlProblem(text: string, { ownHosts, development }: CallbackUrlRules): string | null {
  if (text.length > MAX_URL_CHARS) return `is longer than ${MAX_URL_CHARS} characters`;
  if (!URL.canParse(text)) return "is no URL";
  const { protocol, hostname, port, username, password } = new URL(text);
  if (username !== "" || password !== "") return "must not hold a user or password";
  if (protocol !== "https:" && !(development && protocol === "http:")) return "must begin with https://";
  // One machine has one name for all its ports, so there a receiver and this Worker may share it.
  if (development && isLoopback(hostname)) return null;
  if (port !== "" && !development) return "must not name a port: only 443, https's own, is called";
  return hostProblem(hostname) ?? (ownHosts.includes(hostname) ? "must not be this router itself" : null);
}

const MAX_URL_CHARS = 2048;
