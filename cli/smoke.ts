/** Two real calls to a Worker that was just deployed, one of them streamed: `/health` does not ask a provider. */
import * as z from "zod";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { isPlainPublic } from "./admin-address.ts";

/** Longer than the time limit of a call that has no kind. */
const ANSWER_MS = 45_000;
const MOST_SHOWN = 300;

export interface SmokeOptions {
  /** A server key of the deployment; without one nothing is asked. */
  readonly smokeKey?: string;
  /** False: nothing is asked, and nothing is said of it. */
  readonly smoke?: boolean;
}

const Answer = z.looseObject({
  choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string().min(1) }) })).min(1),
});

/** What was seen, for people. Costs a few tokens at the route that answers. */
export async function smokeTest(
  address: string,
  { smokeKey, smoke = true }: SmokeOptions,
  headers: Readonly<Record<string, string>> = {},
): Promise<Result<string, string>> {
  if (!smoke) return ok("No call was made, as you asked.");
  if (smokeKey === undefined || smokeKey === "") {
    return ok("No call was made: with --smoke-key KEY, or LISBON_API_KEY, one is, streamed and not.");
  }
  const url = `${address.replace(/\/+$/, "")}/v1/chat/completions`;
  if (isPlainPublic(new URL(url))) return fail(`No call was made: a key is not sent over plain http to ${url}.`);
  const seen: string[] = [];
  for (const stream of [false, true]) {
    const how = stream ? "streamed" : "unstreamed";
    const asked = await askOnce(url, stream, { ...headers, authorization: `Bearer ${smokeKey}` });
    if (!asked.ok) return fail(`Deployed, but a real call (${how}) failed at ${url}: ${asked.failure}`);
    seen.push(`${how} by ${asked.value}`);
  }
  return ok(`A real call was answered ${seen.join(" and ")}.`);
}

/** The route that answered. */
async function askOnce(
  url: string,
  stream: boolean,
  headers: Readonly<Record<string, string>>,
): Promise<Result<string, string>> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({
        model: "auto",
        messages: [{ role: "user", content: "Answer with the one word: hello" }],
        max_tokens: 64,
        stream,
      }),
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const body = await response.text();
    const wrong = response.status === 200 ? whyNoAnswer(body, stream) : `it says ${response.status}`;
    if (wrong !== null) return fail(`${wrong}: ${body.slice(0, MOST_SHOWN).trim()}`);
    return ok(response.headers.get("x-lisbon-route") ?? "an unknown route");
  } catch (cause) {
    return fail(cause instanceof Error ? cause.message : String(cause));
  }
}

function whyNoAnswer(body: string, stream: boolean): string | null {
  if (!stream) return Answer.safeParse(parsed(body)).success ? null : "there is no text in the answer";
  if (!/"content":\s*"[^"]/.test(body)) return "there is no text in the stream";
  return body.trimEnd().endsWith("data: [DONE]") ? null : "the stream has no end";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON has no text either.
    return null;
  }
}
