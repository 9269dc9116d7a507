/**
 * Where a call goes that no provider could answer. Its job stores it before
 * anything else; a caller's repeated try finds the job that its first one made.
 */
import type { PlannedCall } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Clock } from "../lib/clock.ts";
import type { JobPort, Parked } from "./job-port.ts";
import type { JobWork } from "./job.ts";
import { bodyHashOf, jobIdOfKey, jobIdsOfBody, ownerOf } from "./job-ids.ts";
import { jobWorkOf } from "./job-work.ts";

export interface ColdQueue {
  /** Null: it was not taken, and the caller must be told of the failure. */
  park(call: PlannedCall, why: WhyParked): Promise<InJob | null>;
  /** Could this call be an earlier one's repeat? Cheap and synchronous: asked of every call. */
  mayBeRepeat(call: PlannedCall): boolean;
  /** The job that an earlier try of the same call made within the window; null: there is none. */
  findEarlier(call: PlannedCall): Promise<InJob | null>;
  /** The work of a call that belongs to its job from the start, because its caller gave it a key. */
  keyed(call: PlannedCall, key: string): Promise<JobWork>;
}

/** A call and the job that has it. */
export interface InJob {
  readonly parked: Parked;
  readonly work: JobWork;
}

export interface WhyParked {
  /** A refusal's kind. */
  readonly reason: Refusal["kind"];
  /** Until a route may be back. */
  readonly retryAfterMs: number;
}

export interface ColdQueueOptions {
  readonly jobs: (jobId: string) => JobPort;
  readonly retryWindowMs: number;
  readonly clock: Clock;
  readonly memory: ColdMemory;
  /** Where this Worker is reached from outside; null: where it was called. */
  readonly publicUrl: string | null;
  readonly logError: (requestId: string, cause: unknown) => void;
}

/**
 * What an isolate remembers of the calls that it parked: the hash of each body,
 * and when. A repeat that says nothing of being one is found by it, without
 * asking anybody for every call. Plain data; it lives as long as the isolate.
 */
export interface ColdMemory {
  readonly parkedAtMs: Map<string, number>;
}

export function emptyColdMemory(): ColdMemory {
  return { parkedAtMs: new Map() };
}

/** With more than these the oldest are forgotten: their repeats are only found when they are parked too. */
const MOST_REMEMBERED = 1_000;

export function createColdQueue(options: ColdQueueOptions): ColdQueue {
  return {
    async park(call, why) {
      try {
        return await park(call, why, options);
      } catch (cause) {
        // The job's object is out of reach: the caller gets the error, which is the truth, and may try again.
        options.logError(call.requestId, cause);
        return null;
      }
    },
    mayBeRepeat({ from }) {
      if (from.kind !== "caller") return false;
      return from.wishes.isRetry || remembersAny(options);
    },
    findEarlier: (call) => findEarlier(call, options),
    async keyed(call, key) {
      const jobId = await jobIdOfKey(ownerOf(call.from), key);
      return jobWorkOf(call, { jobId, bodyHash: await bodyHashOf(call), publicUrl: options.publicUrl });
    },
  };
}

async function park(call: PlannedCall, { reason, retryAfterMs }: WhyParked, options: ColdQueueOptions): Promise<InJob> {
  const { present, before } = await worksOf(call, options);
  const earlier = await options.jobs(before.jobId).find(options.retryWindowMs);
  if (earlier !== null) return { parked: earlier, work: before };
  const { end } = call.kind;
  const human = end.step === "human" ? { dueMs: end.dueMs } : null;
  const parked = await options.jobs(present.jobId).park(present, { reason, retryAfterMs, human });
  remember(present.bodyHash, options);
  return { parked, work: present };
}

function remember(bodyHash: string, { memory, clock }: ColdQueueOptions): void {
  const { parkedAtMs } = memory;
  parkedAtMs.delete(bodyHash);
  parkedAtMs.set(bodyHash, clock.now());
  const [oldest] = parkedAtMs.keys();
  if (parkedAtMs.size > MOST_REMEMBERED && oldest !== undefined) parkedAtMs.delete(oldest);
}

/** The oldest come first, so the first young one ends the clearing. */
function remembersAny({ memory: { parkedAtMs }, clock, retryWindowMs }: ColdQueueOptions): boolean {
  for (const [bodyHash, atMs] of parkedAtMs) {
    if (clock.now() - atMs <= retryWindowMs) return true;
    parkedAtMs.delete(bodyHash);
  }
  return false;
}

async function findEarlier(call: PlannedCall, options: ColdQueueOptions): Promise<InJob | null> {
  const { present, before } = await worksOf(call, options);
  const saysSo = call.from.kind === "caller" && call.from.wishes.isRetry;
  if (!saysSo && !options.memory.parkedAtMs.has(present.bodyHash)) return null;
  const [inPresent, inBefore] = await Promise.all(
    [present, before].map(({ jobId }) => options.jobs(jobId).find(options.retryWindowMs)),
  );
  if (inPresent) return { parked: inPresent, work: present };
  return inBefore ? { parked: inBefore, work: before } : null;
}

async function worksOf(
  call: PlannedCall,
  { retryWindowMs, publicUrl }: ColdQueueOptions,
): Promise<{ readonly present: JobWork; readonly before: JobWork }> {
  const bodyHash = await bodyHashOf(call);
  const ids = await jobIdsOfBody(ownerOf(call.from), bodyHash, call.readAtMs, retryWindowMs);
  const workIn = (jobId: string): JobWork => jobWorkOf(call, { jobId, bodyHash, publicUrl });
  return { present: workIn(ids.present), before: workIn(ids.before) };
}
