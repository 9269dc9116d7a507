/** The one client of `/admin` (and of `/health` and `/budget/resume`): every command asks through it. */
import * as z from "zod";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { adminAddress } from "./admin-address.ts";
import type { AdminAddress, AdminOptions } from "./admin-address.ts";
import { EXIT } from "./exit-codes.ts";
import type { ExitCode } from "./exit-codes.ts";

/** Why a command has no answer, and what to do about it. */
export interface AdminFailure {
  /** `other`: what answers is no Lisbon, or one of another version. */
  readonly kind: "usage" | "key" | "not_reached" | "other" | "declined";
  /** The server's own where it gave one (`docs/errors.md`). */
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

export const exitCodes = {
  usage: EXIT.usage,
  key: EXIT.refused,
  not_reached: EXIT.notReached,
  other: EXIT.notReached,
  declined: EXIT.wrong,
} as const satisfies Record<AdminFailure["kind"], ExitCode>;

/** The slowest thing that is asked for is a test of all senders, which takes 10 s at most. */
const ANSWER_MS = 20_000;

/** The body as JSON (null: there is none), `path` from its slash on. A 503 of `/health` is an answer too. */
export async function askAdmin(
  options: AdminOptions,
  path: string,
  init: RequestInit = {},
): Promise<Result<unknown, AdminFailure>> {
  const address = adminAddress(options);
  if (!address.ok) return address;
  const asked = await exchange(address.value, path, init);
  if (!asked.ok) return asked;
  const { status, body } = asked.value;
  if ((status >= 200 && status < 300) || (status === 503 && Health.safeParse(body).success)) return ok(body);
  return fail(failureOf(asked.value, address.value, path));
}

/** The same, as what this version of the command understands. */
export async function askAdminFor<Schema extends z.ZodType>(
  schema: Schema,
  options: AdminOptions,
  path: string,
  init: RequestInit = {},
): Promise<Result<z.infer<Schema>, AdminFailure>> {
  const asked = await askAdmin(options, path, init);
  if (!asked.ok) return asked;
  const read = schema.safeParse(asked.value);
  if (read.success) return ok(read.data);
  const [issue] = read.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "its answer" : issue.path.join(".");
  return fail({
    kind: "other",
    code: "other_version",
    message: `${path} answers otherwise than this command expects (${where}: ${issue?.message ?? "unreadable"})`,
    next: "It is a Lisbon of another version, or none: deploy this one, or use the lisbon of the one that is deployed.",
  });
}

/** A POST with a JSON body. */
export function posting(body: unknown = {}): RequestInit {
  return { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
}

const Health = z.looseObject({ status: z.string(), routes: z.array(z.unknown()) });
const Refused = z.object({ error: z.looseObject({ message: z.string(), code: z.string() }) });

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function exchange(
  { url, adminKey }: AdminAddress,
  path: string,
  init: RequestInit,
): Promise<Result<Answer, AdminFailure>> {
  const headers = new Headers(init.headers);
  // For the line that each change leaves at /admin/audit.
  headers.set("x-lisbon-actor", actor());
  if (adminKey !== null) headers.set("authorization", `Bearer ${adminKey}`);
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    // Whoever is redirected would be sent the key too.
    const response = await fetch(`${url}${path}`, { ...init, headers, signal, redirect: "manual" });
    return ok({ status: response.status, body: parsed(await response.text()) });
  } catch (cause) {
    return fail({
      kind: "not_reached",
      code: "not_reached",
      message: `${url} cannot be reached: ${reasonOf(cause)}`,
      next: "Is it running (npm start), and is that its address? Another one: --url https://… or LISBON_URL",
    });
  }
}

function failureOf({ status, body }: Answer, { url, adminKey }: AdminAddress, path: string): AdminFailure {
  const read = Refused.safeParse(body);
  const { code, message } = read.success ? read.data.error : { code: `status_${status}`, message: "" };
  if (!read.success || code === "not_found") {
    return {
      kind: "other",
      code: read.success ? "other_version" : "not_lisbon",
      message: `${url}${path.split("?")[0]} answers ${status}${read.success ? ": it knows no such path" : ", and not as Lisbon does"}`,
      next: read.success
        ? "It is a Lisbon of another version: deploy this one, or use the lisbon of the one that is deployed."
        : "Is that the address of the Worker itself? Another one: --url https://… or LISBON_URL",
    };
  }
  if (code === "not_configured") {
    return { kind: "key", code, message, next: "Set LISBON_ADMIN_KEY where it runs (npx lisbon deploy --env-file …)." };
  }
  if (status === 401 || status === 403) {
    return adminKey === null
      ? { kind: "key", code: "no_admin_key", message: "there is no admin key to ask with", next: GIVE_KEY }
      : { kind: "key", code, message: `${url} does not take this admin key`, next: GIVE_KEY };
  }
  if (status >= 500) {
    return { kind: "not_reached", code, message, next: "Ask again in a minute; npx wrangler tail shows its log." };
  }
  return { kind: status === 400 ? "usage" : "declined", code, message, next: NEXT[code] ?? nextAt(path) };
}

const GIVE_KEY =
  "Give the Worker's LISBON_ADMIN_KEY: in the shell's variable of that name, in .dev.vars, or with --admin-key";

/** Where the server's own words do not say it already. */
const NEXT: Readonly<Record<string, string>> = {
  no_such_job: "npx lisbon jobs lists them.",
  no_such_key: "npx lisbon tenants keys lists them.",
};

/** Where what the path takes is listed, for a word that the Worker does not take. */
function nextAt(path: string): string {
  const [, job] = /^\/admin\/jobs\/(job_\w+)/.exec(path) ?? [];
  if (job !== undefined) return `npx lisbon jobs show ${job} says how it stands now.`;
  return LISTED.find(([begins]) => path.startsWith(begins))?.[1] ?? "npx lisbon COMMAND --help says what it takes.";
}

const LISTED: readonly (readonly [string, string])[] = [
  ["/admin/flags", "npx lisbon flags lists the flags, npx lisbon routes the routes."],
  ["/admin/breakers", "npx lisbon routes lists the routes."],
  ["/admin/jobs", "npx lisbon jobs --help says what it takes."],
  ["/admin/limits", "npx lisbon tenants limits --help says what it takes."],
  ["/admin/keys", "npx lisbon tenants --help says what it takes."],
  ["/admin/incidents", "npx lisbon incidents --help says what it takes."],
  ["/admin/pause", "npx lisbon pause --help says what it takes."],
  ["/budget/resume", "npx lisbon resume --help says what it takes."],
  ["/admin/watch", "npx lisbon watch --help says what it takes."],
];

/** `fetch failed` hides what matters in its cause. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === "TimeoutError") return `no answer within ${ANSWER_MS / 1000} s`;
  const inner = cause.cause instanceof Error ? cause.cause : cause;
  const code = "code" in inner ? String(inner.code) : "";
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nothing listens there",
    ENOTFOUND: "there is no host of that name",
    ECONNRESET: "the connection was cut",
    UND_ERR_SOCKET: "the connection was cut",
  };
  return reasons[code] ?? (inner.message || code);
}

function actor(): string {
  const user = process.env["USER"] ?? process.env["USERNAME"] ?? "";
  return `lisbon-cli ${user}`.replaceAll(/[^\x20-\x7e]/g, "").trim();
}

function parsed(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    // A page of somebody else's.
    return null;
  }
}
