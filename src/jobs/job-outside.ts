import type { Notifier } from "../domain/notifier.ts";
import type { Routing } from "../domain/routing.ts";
import type { Clock } from "../lib/clock.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import type { CallbackSender } from "./callback-port.ts";
import type { JobIndexPort } from "./index-port.ts";
import type { Publisher } from "./publisher.ts";
import type { Run } from "./run-result.ts";

/** All that a job needs of the world beside its storage. */
export interface JobOutside {
  readonly routing: Pick<Routing, "cold">;
  readonly clock: Clock;
  /** 0 to 1, as `Math.random`. */
  readonly random: () => number;
  readonly run: Run;
  /** May another run go on with half an answer to this? */
  readonly mayBeContinued: (request: ChatRequest) => boolean;
  readonly publisher: Publisher;
  readonly callbacks: CallbackSender;
  /** Asked each time: what is out of reach today may be another one tomorrow. */
  readonly index: () => Pick<JobIndexPort, "note">;
  readonly notifier: Notifier;
  /** A signed link for a notice; null: there is no address to link to, or nothing to sign with. */
  readonly links: (jobId: string, action: JobAction, origin: string) => Promise<string | null> | string | null;
}

/** What a link in a notice opens. */
export const JOB_ACTIONS = ["view", "answer", "retry", "cancel"] as const;
export type JobAction = (typeof JOB_ACTIONS)[number];

/** One line of the log. No prompt, no answer, no key. */
export type LogEvent = Readonly<Record<string, string | number>>;
