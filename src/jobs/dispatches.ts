/**
 * Who brings a parked job back: the transport, and behind it the job's own
 * alarm. A dispatch has a number; only the newest one may run the job, so a
 * late, doubled or forgotten message does nothing.
 */
import { publishAgainMs } from "./delays.ts";
import type { JobRecord } from "./job-record.ts";
import type { Published } from "./publisher.ts";

export interface Moment {
  readonly now: number;
  readonly random: () => number;
}

/** So much a delivery may be early: `Upstash-Not-Before` is in whole seconds. */
export const EARLY_MS = 5_000;

/** The alarm behind every dispatch: no delivery came so long after it was due. */
const NET_MS = 60_000;

/** After so many dispatches in a row that came to nothing the alarm runs the job itself. */
const MOST_UNHEARD = 3;

export function dispatchAt(record: JobRecord, dueAtMs: number, now: number, notBeforeMs: number = dueAtMs): JobRecord {
  return {
    ...record,
    delivery: {
      ...record.delivery,
      dispatch: record.delivery.dispatch + 1,
      dueAtMs,
      notBeforeMs: notBeforeMs <= now ? null : notBeforeMs,
      phase: "unpublished",
      wakeAtMs: Math.max(now, dueAtMs) + NET_MS,
    },
  };
}

/** What the transport said of this dispatch. Null: it is not the newest one any more. */
export function published(record: JobRecord, dispatch: number, answer: Published, now: number): JobRecord | null {
  const { delivery } = record;
  if (!waits(record) || delivery.dispatch !== dispatch || delivery.phase !== "unpublished") return null;
  if (answer.ok) return { ...record, delivery: { ...delivery, phase: "published" } };
  const unheard = delivery.unheard + (answer.why === "away" ? 1 : 0);
  if (answer.why === "none" || unheard >= MOST_UNHEARD) return byAlarm(record, unheard, now);
  const wakeAtMs = now + publishAgainMs(unheard);
  return { ...record, delivery: { ...delivery, phase: "away", unheard, wakeAtMs } };
}

export type Woken =
  | { readonly kind: "nothing" }
  | { readonly kind: "run" }
  /** Another dispatch has been made and is to be published. */
  | { readonly kind: "publish"; readonly record: JobRecord };

/** The alarm looks after the dispatch. */
export function woken(record: JobRecord, now: number): Woken {
  const { wakeAtMs, phase } = record.delivery;
  if (!waits(record) || wakeAtMs === null || wakeAtMs > now) return { kind: "nothing" };
  if (phase === "alarm") return { kind: "run" };
  // Nothing came of what was handed over, or the object died before it could be.
  return phase === "away" ? { kind: "publish", record: dispatchAgain(record, now) } : unheardOf(record, now);
}

/** The transport says that it has given this dispatch up. Null: it is not the newest one, or nobody waits for it. */
export function givenUp(record: JobRecord, dispatch: number, now: number): JobRecord | null {
  if (!waits(record) || record.delivery.dispatch !== dispatch) return null;
  const next = unheardOf(record, now);
  return next.kind === "publish" ? next.record : byAlarm(record, record.delivery.unheard + 1, now);
}

function unheardOf(record: JobRecord, now: number): Exclude<Woken, { readonly kind: "nothing" }> {
  const unheard = record.delivery.unheard + 1;
  if (unheard >= MOST_UNHEARD) return { kind: "run" };
  return {
    kind: "publish",
    record: dispatchAgain({ ...record, delivery: { ...record.delivery, unheard } }, now),
  };
}

function dispatchAgain(record: JobRecord, now: number): JobRecord {
  return dispatchAt(record, Math.max(now, record.delivery.dueAtMs ?? now), now);
}

function byAlarm(record: JobRecord, unheard: number, now: number): JobRecord {
  const wakeAtMs = Math.max(now, record.delivery.dueAtMs ?? now);
  return { ...record, delivery: { ...record.delivery, phase: "alarm", unheard, wakeAtMs } };
}

function waits({ state }: JobRecord): boolean {
  return state === "stored" || state === "queued";
}
