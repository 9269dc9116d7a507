/**
 * One try at one candidate: their wire out, their answer back, held until it
 * is whole or until the first words. Before that a failure can go unseen.
 */
import type { Deps } from "../deps.ts";
import type { Failure } from "../domain/failure.ts";
import type { Route } from "../domain/route.ts";
import { fail, type Result } from "../lib/result.ts";
import { createWatchdog } from "../lib/watchdog.ts";
import { providers } from "../providers/all.ts";
import { withoutSecrets } from "../providers/without-secrets.ts";
import type { Answer, AttemptContext, AttemptOptions } from "./attempt-context.ts";
import { faultyFetch } from "./faulty-fetch.ts";
import { attemptStream } from "./attempt-stream.ts";
import { attemptWhole } from "./attempt-whole.ts";

export async function attempt(route: Route, options: AttemptOptions, deps: Deps): Promise<Result<Answer, Failure>> {
  const { call } = options;
  const { clock } = deps;
  const fault = deps.breakers.injectedFault(route);
  const fetch = fault === null ? deps.fetch : faultyFetch(fault);
  const now = clock.now();
  const provider = providers[route.api];
  const watchdog = createWatchdog(clock, call.callerSignal);
  const context: AttemptContext = {
    ...options,
    route,
    provider,
    stamp: {
      id: `chatcmpl-${call.requestId}`,
      createdSeconds: Math.floor(now / 1000),
      model: route.model,
      mayBeEmpty: [call.request.stop ?? []].flat().length > 0,
    },
    send: { provider, watchdog, callerSignal: call.callerSignal, fetch, clock },
    leftMs: call.deadlineAtMs - now,
  };
  try {
    const answer = await (call.stream ? attemptStream(context, deps) : attemptWhole(context, deps));
    return answer.ok ? answer : fail(withoutSecrets(answer.failure, route));
  } catch (cause) {
    // A bug, very likely in one provider's translation: the others may still answer. It is logged, never hidden.
    watchdog.abort();
    deps.logError(call.requestId, cause);
    return fail({ kind: "internal_error", detail: `a bug at ${route.id}` });
  }
}
