/** One call of the load, as an app makes it, and what the app got. */
import type { LisbonClient } from "../lisbon-test/lisbon-client.ts";
import { parsed, wordsIn } from "../lisbon-test/lisbon-client.ts";
import type { CallOutcome } from "./observed.ts";

export interface CallOptions {
  readonly text: string;
  /** What a true answer says; null: nobody knows. */
  readonly expected: string | null;
  readonly model: string;
  readonly streamed: boolean;
}

export interface Got {
  readonly outcome: CallOutcome;
  readonly jobId: string | null;
  readonly detail: string;
}

/** Never rejects: what throws here is what the app would see. */
export async function oneCall(lisbon: LisbonClient, options: CallOptions, signal: AbortSignal): Promise<Got> {
  try {
    return options.streamed ? await streamedCall(lisbon, options, signal) : await wholeCall(lisbon, options, signal);
  } catch (cause) {
    return { outcome: "lost", jobId: null, detail: cause instanceof Error ? cause.message : String(cause) };
  }
}

async function wholeCall(lisbon: LisbonClient, options: CallOptions, signal: AbortSignal): Promise<Got> {
  const { text, model, expected } = options;
  const { status, jobId, tier, trail, ...answered } = await lisbon.ask({ text, model }, signal);
  const detail = `status ${status}; ${trail.map(({ routeId, result }) => `${routeId} ${result}`).join(", ")}`;
  if (status !== 200) return { outcome: unanswered(jobId), jobId, detail };
  return { outcome: isWhole(answered.text ?? "", expected) ? outcomeBy(tier) : "half", jobId: null, detail };
}

async function streamedCall(lisbon: LisbonClient, options: CallOptions, signal: AbortSignal): Promise<Got> {
  const { text, model, expected } = options;
  const stream = await lisbon.stream({ text, model }, signal);
  const header = (name: string): string | null => stream.headers[name]?.toString() ?? null;
  const jobId = header("x-lisbon-job");
  const detail = `status ${stream.status}; ${header("x-lisbon-trail") ?? ""}`;
  if (stream.status !== 200) {
    // Its error has said why; the status and the header are enough here.
    await stream.events[Symbol.asyncIterator]().return?.();
    return { outcome: unanswered(jobId), jobId, detail };
  }
  let said = "";
  let done = false;
  let told = false;
  try {
    for await (const { data } of stream.events) {
      said += wordsIn(data);
      done ||= data === "[DONE]";
      told ||= hasError(data);
    }
  } catch {
    // The body was aborted: every client takes that for an error.
    told = true;
  }
  if (told) return { outcome: "broken", jobId: null, detail: `${detail}; ${said.length} characters` };
  const whole = done && isWhole(said, expected);
  return { outcome: whole ? outcomeBy(header("x-lisbon-tier")) : "half", jobId: null, detail };
}

function isWhole(said: string, expected: string | null): boolean {
  return expected === null ? said.trim() !== "" : said.trim() === expected;
}

function unanswered(jobId: string | null): CallOutcome {
  return jobId === null ? "refused" : "queued";
}

function outcomeBy(tier: string | null): CallOutcome {
  return tier === "hot" || tier === "warm" ? tier : "degraded";
}

function hasError(data: string): boolean {
  const event = parsed(data);
  return typeof event === "object" && event !== null && "error" in event;
}
