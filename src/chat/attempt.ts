/**
 * One try at one candidate: their wire out, their answer back, held until it
 * is whole or until the first words. Before that a failure can go unseen.
 */
import type { Deps } from "../deps.ts";
import type { Failure } from "../domain/failure.ts";
import { hopHeader } from "../domain/hop.ts";
import type { Route } from "../domain/route.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { createWatchdog } from "../lib/watchdog.ts";
import { providers } from "../providers/all.ts";
import { withoutSecrets } from "../providers/without-secrets.ts";
import type { AnswerSource, GoOn } from "../stream/answer-source.ts";
import type { Attempted, AttemptContext, AttemptOptions } from "./attempt-context.ts";
import { faultyFetch } from "./faulty-fetch.ts";
import { attemptStream } from "./attempt-stream.ts";
import { attemptWhole } from "./attempt-whole.ts";
import { openStream } from "./open-stream.ts";
import { withinBudget } from "./within-budget.ts";

/** `goOn`: who goes on with a stream that breaks off after its first words; null: nobody. */
export function attempt(
  route: Route,
  options: AttemptOptions,
  goOn: GoOn | null,
  deps: Deps,
): Promise<Result<Attempted, Failure>> {
  return inContext(route, options, deps, (context) =>
    options.call.stream ? attemptStream(context, goOn, deps) : attemptWhole(context, deps),
  );
}

/** One try at going on with a stream that broke off elsewhere: its events, which nobody has been given yet. */
export function attemptToGoOn(
  route: Route,
  options: AttemptOptions,
  deps: Deps,
): Promise<Result<AnswerSource, Failure>> {
  return inContext(route, options, deps, async (context) => {
    // An answer may have been cut right behind its last word: then there is nothing more to say.
    const opened = await openStream({ ...context, stamp: { ...context.stamp, mayBeEmpty: true } }, false, deps);
    return opened.ok ? ok(opened.value.source) : opened;
  });
}

async function inContext<T>(
  route: Route,
  options: AttemptOptions,
  deps: Deps,
  work: (context: AttemptContext) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  const { clock } = deps;
  const put = deps.ledger.reserve(options.call, route);
  const reserved = put instanceof Promise ? await put : put;
  if (!reserved.ok) return reserved;
  const money = reserved.value;
  const call = withinBudget(options.call, route, money.maxTokens);
  const fault = deps.breakers.injectedFault(route);
  const { random, fetch: real } = deps;
  const fetch =
    fault === null ? real : faultyFetch(fault, { fetch: real, clock, random, api: route.api, stream: call.stream });
  const now = clock.now();
  const provider = providers[route.api];
  const watchdog = createWatchdog(clock, call.callerSignal);
  const context: AttemptContext = {
    ...options,
    call,
    money,
    route,
    provider,
    stamp: {
      id: `chatcmpl-${call.requestId}`,
      createdSeconds: Math.floor(now / 1000),
      model: route.model,
      mayBeEmpty: [call.request.stop ?? []].flat().length > 0,
    },
    send: {
      provider,
      watchdog,
      callerSignal: call.callerSignal,
      fetch,
      clock,
      hop: hopHeader(deps.hop.deployment, call.hops ?? 0),
      noteHeaders: (headers) => deps.breakers.noteHeaders(route, headers),
    },
    leftMs: call.deadlineAtMs - now,
  };
  try {
    const answer = await work(context);
    if (answer.ok) return answer;
    money.settleFailed(answer.failure);
    return fail(withoutSecrets(answer.failure, route));
  } catch (cause) {
    // A bug, very likely in one provider's translation: the others may still answer. It is logged, never hidden.
    watchdog.abort();
    deps.logError(call.requestId, cause);
    const failure: Failure = { kind: "internal_error", detail: `a bug at ${route.id}` };
    money.settleFailed(failure);
    return fail(failure);
  }
}
