/** One question to a server, with how far its clock is from ours. */
import { fail, ok } from "../../src/lib/result.ts";
import type { Result } from "../../src/lib/result.ts";

export interface Dated {
  readonly status: number;
  /** Null: not JSON. */
  readonly body: unknown;
  readonly tookMs: number;
  /** The server's clock less ours, by its Date header, to about a second; null: it said none. */
  readonly skewMs: number | null;
}

const ANSWER_MS = 10_000;

export async function askDated(url: string, init: RequestInit = {}): Promise<Result<Dated, string>> {
  const askedAtMs = Date.now();
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(ANSWER_MS) });
    const answeredAtMs = Date.now();
    const text = await response.text();
    const date = Date.parse(response.headers.get("date") ?? "");
    // The header is cut to whole seconds, so it is half of one early on average.
    const skewMs = Number.isNaN(date) ? null : date + 500 - (askedAtMs + answeredAtMs) / 2;
    return ok({ status: response.status, body: parsed(text), tookMs: answeredAtMs - askedAtMs, skewMs });
  } catch (cause) {
    return fail(reasonOf(cause));
  }
}

/** Never the address, which may hold a key. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "cannot be reached";
  if (cause.name === "TimeoutError") return `did not answer within ${ANSWER_MS / 1000} s`;
  const inner = cause.cause;
  return `cannot be reached (${inner instanceof Error && "code" in inner ? String(inner.code) : cause.name})`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page: the status says enough.
    return null;
  }
}
