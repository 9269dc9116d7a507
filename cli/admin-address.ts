/**
 * Which Worker is asked, and with which key. The key of `.dev.vars` is what
 * `init` wrote and `deploy` uploaded; the one that `npm start` makes for itself
 * goes nowhere but to this machine.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hostProblem, isLoopback } from "../src/lib/public-host.ts";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import type { AdminFailure } from "./ask-admin.ts";
import { readText } from "./read-map.ts";
import { variablesFrom } from "./variables-from.ts";

export interface AdminOptions {
  /** By default where `npm start` serves. */
  readonly url?: string;
  readonly adminKey?: string;
}

export interface AdminAddress {
  /** Without a slash at its end. */
  readonly url: string;
  /** Null: nobody has said it. */
  readonly adminKey: string | null;
  readonly isLocal: boolean;
}

export const LOCAL_URL = "http://127.0.0.1:8787";

export function adminAddress(options: AdminOptions): Result<AdminAddress, AdminFailure> {
  // A variable that is empty is as good as none.
  const written = options.url || LOCAL_URL;
  const url = URL.canParse(written) ? new URL(written) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return fail(usage(`${written} is no address of a Worker`, `Give one such as --url ${LOCAL_URL}`));
  }
  const isLocal = isLoopback(url.hostname);
  if (isPlainPublic(url)) {
    return fail(usage(`${written} would be sent the admin key in clear`, "Write https:// instead of http://"));
  }
  const found = options.adminKey ? ok(options.adminKey) : keyAtHand(isLocal);
  if (!found.ok) return found;
  const path = url.pathname.replace(/\/+$/, "");
  return ok({ url: `${url.origin}${path}`, adminKey: found.value, isLocal });
}

/** A key that is sent there can be read on the way. */
export function isPlainPublic({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && !isLoopback(hostname) && !isInside(hostname);
}

function keyAtHand(isLocal: boolean): Result<string | null, AdminFailure> {
  const given = variablesFrom(undefined, process.cwd());
  if (!given.ok) return fail(usage(given.failure, "Or give the key with LISBON_ADMIN_KEY."));
  return ok(given.value["LISBON_ADMIN_KEY"] ?? (isLocal ? startedKey() : null));
}

/** As `dev/start.ts` keeps it. */
function startedKey(): string | null {
  const text = readText(join(fileURLToPath(new URL("../", import.meta.url)), ".wrangler/lisbon/admin-key"));
  return text.ok ? text.value.trim() : null;
}

/** A network of one's own, such as that of containers: a name that nobody outside knows, or RFC 1918. */
function isInside(hostname: string): boolean {
  if (!/^[\d.]+$/.test(hostname)) return hostProblem(hostname) !== null;
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(hostname);
}

function usage(message: string, next: string): AdminFailure {
  return { kind: "usage", code: "usage", message, next };
}
