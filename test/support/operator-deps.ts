import type { Breakers } from "../../src/breaker/breakers.ts";
import { emptyIdentityMemory } from "../../src/identity/identify.ts";
import type { WorkerDeps } from "../../src/worker-deps.ts";
import { noLedger } from "../../src/ledger/ledger.ts";
import { bareSettings } from "./bare-settings.ts";
import { noAnswers } from "./no-answers.ts";
import { createFakeClock } from "./fake-clock.ts";
import { noColdQueue } from "./fake-jobs.ts";
import { NIGHT_MS } from "./parked-job.ts";
import { UNASKED_SWITCHBOARD } from "./unasked-switchboard.ts";
import { standardRouting } from "./standard-routing.ts";

export const ADMIN_KEY = "the-admin-key";

/** What the operator's handlers are given, at night; whatever a test does not name must not be asked. */
export function operatorDeps(more: Partial<WorkerDeps> = {}): WorkerDeps {
  const routing = standardRouting({ kinds: { "summarize-call-notes": {} } });
  return {
    routing,
    map: notAsked,
    breakers: quiet(routing.flags),
    coldQueue: noColdQueue,
    answers: noAnswers,
    cacheOf: notAsked,
    jobs: notAsked,
    jobIndex: notAsked,
    notifier: notAsked,
    assets: null,
    switchboard: () => UNASKED_SWITCHBOARD,
    clock: createFakeClock(NIGHT_MS),
    random: () => 0.5,
    fetch: () => Promise.reject(new Error("nobody is called")),
    afterReply: () => undefined,
    prefillRefused: new Set(),
    hop: { deployment: null, loopToldAtMs: null },
    identities: emptyIdentityMemory(),
    ledger: noLedger,
    ledgerOperator: notAsked,
    log: () => undefined,
    logError(_requestId, cause) {
      throw cause;
    },
    settings: { ...bareSettings, adminKey: ADMIN_KEY },
    ...more,
  };
}

function notAsked(): never {
  throw new Error("asked what the test did not foresee");
}

function quiet(flags: ReturnType<Breakers["flags"]>): Breakers {
  return {
    ready: () => null,
    blocked: () => null,
    paused: () => false,
    revoked: () => false,
    quietUntil: () => null,
    exhausted: () => undefined,
    mayLoop: () => false,
    loopOf: () => null,
    noteFailing: () => undefined,
    outdated: () => undefined,
    nearLimit: () => false,
    limitReached: () => false,
    slow: () => false,
    lowQuality: () => false,
    preferred: () => false,
    noteHeaders: () => undefined,
    injectedFault: () => null,
    snapshotAgeMs: () => null,
    recentFailures: () => 0,
    flags: () => flags,
    record: () => undefined,
  };
}
