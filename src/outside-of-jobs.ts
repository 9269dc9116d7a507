/** What a job's object works with: the spine, QStash, callbacks, the list of jobs, notices. */
import { buildDeps } from "./build-deps.ts";
import { JOB_INDEX, NOTIFIER, type Env } from "./env.ts";
import { linkTo, signAction } from "./http/action-token.ts";
import { mayBeContinued } from "./chat/go-on.ts";
import { createCallbackSender } from "./jobs/callback-sender.ts";
import type { JobAction, JobOutside } from "./jobs/job-outside.ts";
import { noPublisher, type Publisher } from "./jobs/publisher.ts";
import { emptyLearntLimits } from "./jobs/qstash-limits.ts";
import { qstashNotice } from "./jobs/qstash-notice.ts";
import { createQstashPublisher } from "./jobs/qstash-publisher.ts";
import { platformMoment, realClock } from "./lib/clock.ts";
import { resolveModel } from "./routing/resolve-model.ts";
import { runJob } from "./run-job.ts";
import type { WorkerDeps } from "./worker-deps.ts";

/** What this isolate has learnt of QStash's plan. Plain data; it lives as long as the isolate. */
const learnt = emptyLearntLimits();

export function outsideOfJobs(env: Env, ctx: Pick<ExecutionContext, "waitUntil">): JobOutside {
  const deps = buildDeps(env, ctx);
  const { settings, clock, random, routing, fetch } = deps;
  return {
    routing,
    clock,
    random,
    run: (work, how) => runJob(work, how, deps),
    mayBeContinued: (request) => {
      const meant = resolveModel(routing, request.model);
      return meant !== null && mayBeContinued({ ...meant, request });
    },
    publisher: publisherOf(deps, env, ctx),
    callbacks: createCallbackSender({
      signingSecret: settings.signingSecret,
      fetch,
      // Receivers compare a signature's time with their own, whatever a drill has made of ours.
      clock: realClock,
      ownHosts: settings.publicUrl === null ? [] : [new URL(settings.publicUrl).hostname],
      development: settings.environment === "development",
    }),
    index: () => env.JOB_INDEX.getByName(JOB_INDEX),
    notifier: env.NOTIFIER.getByName(NOTIFIER),
    links: (jobId, action, origin) => linkOf(jobId, action, origin, deps),
  };
}

function publisherOf(deps: WorkerDeps, env: Env, ctx: Pick<ExecutionContext, "waitUntil">): Publisher {
  const { settings, routing, clock } = deps;
  if (settings.qstash === null) return noPublisher;
  const publisher = createQstashPublisher({
    settings: settings.qstash,
    cold: routing.cold,
    learnt,
    clock,
    tell: (told) => ctx.waitUntil(env.NOTIFIER.getByName(NOTIFIER).raise(qstashNotice(told, clock.now()))),
  });
  return {
    // QStash knows no other time than the real one.
    publish: (dispatch) =>
      publisher.publish({
        ...dispatch,
        notBeforeMs: dispatch.notBeforeMs && platformMoment(dispatch.notBeforeMs, clock),
      }),
  };
}

/** Null where there is no admin key to sign with. */
async function linkOf(jobId: string, action: JobAction, origin: string, deps: WorkerDeps): Promise<string | null> {
  const { adminKey } = deps.settings;
  if (adminKey === null) return null;
  return linkTo({ origin, token: await signAction({ adminKey, jobId, action, nowMs: deps.clock.now() }) });
}
