/** One log line for a call, whether a caller's or a job's own run. */
import type { CallLog } from "../domain/call-log.ts";
import type { CallUsage } from "../domain/call-usage.ts";
import type { Route } from "../domain/route.ts";
import type { Deps } from "../deps.ts";
import type { Trail } from "./trail.ts";

export interface Ended {
  readonly model: string;
  readonly stream: boolean;
  readonly status: number;
  readonly outcome: string;
  readonly route?: Route;
  readonly usage?: CallUsage;
  readonly firstWordsMs?: number;
  readonly jobId?: string;
}

/** What a caller wrote as `model` may be anything; a log line is no place for all of it. */
const MAX_MODEL_CHARS = 100;

export function callLogger(
  requestId: string,
  trail: Trail,
  arrivedAtMs: number,
  deps: Pick<Deps, "clock" | "log">,
): (ended: Ended) => void {
  return (ended) => {
    const line: CallLog = {
      event: "call",
      request_id: requestId,
      model: ended.model.slice(0, MAX_MODEL_CHARS),
      stream: ended.stream,
      status: ended.status,
      outcome: ended.outcome,
      route: ended.route?.id ?? null,
      tier: ended.route?.tier ?? null,
      degraded: trail.told?.degraded ?? null,
      attempts: trail.all(),
      ms: deps.clock.now() - arrivedAtMs,
      first_words_ms: ended.firstWordsMs ?? null,
      prompt_tokens: ended.usage?.promptTokens ?? null,
      completion_tokens: ended.usage?.completionTokens ?? null,
      usage: ended.usage?.source ?? null,
      job: ended.jobId ?? null,
    };
    deps.log(line);
  };
}
