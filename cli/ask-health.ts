/** One question to a Worker that was just deployed. */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";

/** A new address takes a moment to be known everywhere; what answers is not asked again. */
const TRIES = 5;
const BETWEEN_TRIES_MS = 2_000;
const ANSWER_MS = 10_000;

const Health = z.looseObject({ status: z.string(), healthy: z.array(z.string()).optional() });

export async function askHealth(
  address: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Result<string, string>> {
  const url = `${address.replace(/\/+$/, "")}/health`;
  const asked = await firstAnswer(url, headers);
  if (!asked.ok) return fail(`Deployed, but ${url} does not answer: ${asked.failure}`);

  const { status, body } = asked.value;
  const health = Health.safeParse(body);
  if (!health.success) return fail(`Deployed, but ${url} answers ${status} without a status: is that the right URL?`);
  const healthy = health.data.healthy ?? [];
  if (status !== 200) return fail(`Deployed, but no route can answer: ${url} says ${status} ${health.data.status}.`);
  return ok(
    `Deployed: ${url} says ${health.data.status}${healthy.length > 0 ? `; healthy: ${healthy.join(", ")}` : ""}`,
  );
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function firstAnswer(url: string, headers: Readonly<Record<string, string>>): Promise<Result<Answer, string>> {
  let last = "";
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await sleep(BETWEEN_TRIES_MS);
    try {
      const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS), redirect: "manual" });
      const text = await response.text();
      if (response.status !== 404) return ok({ status: response.status, body: parsed(text) });
      last = "404";
    } catch (cause) {
      last = cause instanceof Error ? reasonOf(cause) : String(cause);
    }
  }
  return fail(last);
}

/** `fetch failed` hides what matters in its cause. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page of somebody else's: not Lisbon's health.
    return null;
  }
}
