/**
 * The outside, as one value: `build-deps.ts` makes it for each request, tests
 * make their own. Nothing in `chat/` reads the environment or a global.
 */
import type { Breakers } from "./breaker/breakers.ts";
import type { AnswerCache } from "./cache/answer-cache.ts";
import type { CallLog } from "./domain/call-log.ts";
import type { Hop } from "./domain/hop.ts";
import type { Routing } from "./domain/routing.ts";
import type { ColdQueue } from "./jobs/cold-queue.ts";
import type { JobPort } from "./jobs/job-port.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { Clock } from "./lib/clock.ts";
import type { Fetch } from "./lib/fetch.ts";

export interface Deps {
  readonly routing: Routing;
  readonly breakers: Breakers;
  /** Limits and money. */
  readonly ledger: Ledger;
  readonly coldQueue: ColdQueue;
  /** Answers that were kept, to be given again. */
  readonly answers: AnswerCache;
  /** The object of one job, by its id. */
  readonly jobs: (jobId: string) => JobPort;
  readonly clock: Clock;
  /** 0 to 1, as `Math.random`. */
  readonly random: () => number;
  readonly fetch: Fetch;
  /** `ctx.waitUntil`: work that goes on after the reply. */
  readonly afterReply: (work: Promise<unknown>) => void;
  readonly hop: Hop;
  /** Ids of the routes that refused to go on with an answer that was begun: learnt once, and kept by the isolate. */
  readonly prefillRefused: Set<string>;
  /** Writes the one line of a call, and counts it. */
  readonly log: (line: CallLog) => void;
  /** A bug, for whoever mends it; the caller gets the request id only. */
  readonly logError: (requestId: string, cause: unknown) => void;
}
