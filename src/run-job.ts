/**
 * A job's own run: the same spine as a caller's call, which fails over by
 * itself. What is asked beside it is whether a route that failed has answered
 * others meanwhile: an outage must not cost the job an attempt.
 */
import { cachedBody } from "./chat/cached-body.ts";
import { callLogger } from "./chat/call-logger.ts";
import { runChat } from "./chat/run-chat.ts";
import { Trail } from "./chat/trail.ts";
import type { Call } from "./domain/call.ts";
import { isFailureKind, policyOf, type FailureKind } from "./domain/failure.ts";
import type { Refusal } from "./domain/refusal.ts";
import type { JobWork } from "./jobs/job.ts";
import type { RunFailure, RunHow, RunResult } from "./jobs/run-result.ts";
import type { WorkerDeps } from "./worker-deps.ts";

export async function runJob(work: JobWork, how: RunHow, deps: WorkerDeps): Promise<RunResult> {
  const { clock, breakers } = deps;
  const trail = new Trail();
  const log = callLogger(work.requestId, trail, clock.now(), deps);
  const fresh = breakers.ready("patient");
  if (fresh !== null) await fresh;

  const call: Call = {
    requestId: work.requestId,
    dialect: "openai",
    request: work.request,
    native: work.native,
    stream: how.stream,
    readAtMs: clock.now(),
    callerSignal: how.signal,
    from: {
      kind: "job",
      tenant: work.tenant,
      user: work.user ?? null,
      token: work.token ?? null,
      deadlineMs: how.deadlineMs,
      isPrivate: work.isPrivate === true,
      said: how.said,
    },
  };
  const line = { model: work.request.model, stream: how.stream, jobId: work.jobId };
  const reply = await runChat(call, trail, deps);
  if (!reply.ok) {
    log({ ...line, status: 0, outcome: reply.failure.kind });
    return await refused(reply.failure, trail, how, deps);
  }
  const answer = reply.value;
  switch (answer.kind) {
    case "completion":
      log({ ...line, status: 200, outcome: "answered", route: answer.route, usage: answer.usage });
      return { kind: "completion", body: answer.body, by: { route: answer.route.id, told: trail.told } };
    case "stream": {
      const routeId = answer.route.id;
      const ended = answer.ended.then(async ({ failure, usage }) => {
        log({ ...line, status: 200, outcome: failure?.kind ?? "answered", route: answer.route, usage });
        return failure ? await judged([...failuresOf(trail), { kind: failure.kind, routeId }], how, deps) : [];
      });
      return { kind: "stream", by: { route: routeId, told: trail.told }, body: answer.body, ended };
    }
    case "cached": {
      log({ ...line, status: 200, outcome: "answered_from_cache" });
      const includeUsage = work.request.stream_options?.include_usage === true;
      const body = cachedBody(answer, { dialect: "openai", stream: how.stream, includeUsage });
      const by = { route: answer.routeId, told: answer.told };
      if (!how.stream) return { kind: "completion", body, by };
      return { kind: "stream", by, body: streamOf(body), ended: Promise.resolve([]) };
    }
    default:
      throw new Error(`a job's own run was ${answer.kind}`);
  }
}

function streamOf(text: string): ReadableStream<Uint8Array> {
  const { body } = new Response(text);
  if (body === null) throw new Error("a response of text has no body");
  return body;
}

async function refused(refusal: Refusal, trail: Trail, how: RunHow, deps: WorkerDeps): Promise<RunResult> {
  return {
    kind: "refused",
    refusal,
    failures: await judged(failuresOf(trail), how, deps),
    asked: trail.asked(),
    pausedOnly: refusal.kind === "paused",
    retryAfterMs: "retryAfterMs" in refusal ? refusal.retryAfterMs : 0,
  };
}

interface Failed {
  readonly kind: FailureKind;
  readonly routeId: string;
}

/** Of the kind's own routes: what its ladder could not do either says nothing of whether the request is to blame. */
function failuresOf(trail: Trail): readonly Failed[] {
  return trail
    .all()
    .slice(0, trail.beforeLadder ?? undefined)
    .flatMap((tried) => (isFailureKind(tried.result) ? [{ kind: tried.result, routeId: tried.routeId }] : []));
}

async function judged(failures: readonly Failed[], how: RunHow, deps: WorkerDeps): Promise<readonly RunFailure[]> {
  const doubtful = failures.filter(({ kind }) => policyOf(kind).cold === "unless_outage").map(({ routeId }) => routeId);
  const served = doubtful.length === 0 ? [] : await servedSince([...new Set(doubtful)], how.firstRunAtMs, deps);
  return failures.map((failed) => ({ ...failed, servedSince: served.includes(failed.routeId) }));
}

async function servedSince(routeIds: readonly string[], sinceMs: number, deps: WorkerDeps): Promise<readonly string[]> {
  try {
    return await deps.switchboard().servedSince(routeIds, sinceMs);
  } catch (cause) {
    // Where nobody can say, it is taken for an outage: a job loses nothing by waiting.
    deps.logError("", cause);
    return [];
  }
}
