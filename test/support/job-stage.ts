/** One job in Node on real SQLite, with a clock, a queue, providers and people that a test holds in its hands. */
import type { Notice } from "../../src/domain/notice.ts";
import type { ColdSettings } from "../../src/domain/routing.ts";
import type { Callback, CallbackResult } from "../../src/jobs/callback-port.ts";
import type { JobEntry } from "../../src/jobs/index-port.ts";
import { Job } from "../../src/jobs/job-core.ts";
import type { LogEvent } from "../../src/jobs/job-outside.ts";
import type { JobWork } from "../../src/jobs/job.ts";
import type { Dispatch, Published } from "../../src/jobs/publisher.ts";
import type { RunFailure, RunHow, RunRefused, RunResult } from "../../src/jobs/run-result.ts";
import { chunkOf } from "./chunk.ts";
import { createFakeClock } from "./fake-clock.ts";
import { createJobStorage } from "./job-storage.ts";
import { standardRouting } from "./standard-routing.ts";

type Runner = (work: JobWork, how: RunHow) => Promise<RunResult>;

interface StageOptions {
  readonly cold?: Partial<ColdSettings>;
  readonly publish?: (dispatch: Dispatch) => Promise<Published>;
  readonly mayBeContinued?: boolean;
}

export function jobStage({ cold = {}, publish, mayBeContinued = true }: StageOptions = {}) {
  const clock = createFakeClock();
  const storage = createJobStorage();
  let takeAlarmBack: (() => void) | null = null;
  let endLife: (() => void) | null = null;
  let handling = Promise.resolve();
  const stage = {
    clock,
    storage,
    get job(): Job {
      return job;
    },
    alarmAtMs: null as number | null,
    /** What the next runs do, in order; without one a run is put off. */
    runs: [] as Runner[],
    ran: [] as { readonly work: JobWork; readonly how: RunHow }[],
    publish: publish ?? ((): Promise<Published> => Promise.resolve({ ok: true, messageId: "m" })),
    published: [] as Dispatch[],
    callbacks: [] as Callback[],
    callback: (): Promise<CallbackResult> => Promise.resolve({ kind: "delivered" }),
    entries: [] as JobEntry[],
    note: (): Promise<void> => Promise.resolve(),
    notices: [] as Notice[],
    raise: (): Promise<void> => Promise.resolve(),
    logged: [] as LogEvent[],
    /** What nobody waited for, and it threw: none in any test. */
    thrown: [] as unknown[],
    destroyed: 0,
    settings: { ...standardRouting().cold, ...cold },
    /** Another life of the object: memory is gone, the tables and the alarm are not. */
    evict(): void {
      endLife?.();
      handling = Promise.resolve();
      job = made();
    },
    /** The tables as they are. */
    rows<Row extends Record<string, string | number | null>>(query: string): Row[] {
      return storage.sql.exec<Row>(query).toArray();
    },
  };

  function made(): Job {
    let isAlive = true;
    endLife = () => {
      isAlive = false;
    };
    const live = <Value>(value: Value): Value => {
      // What an evicted object still wants to do is never done.
      if (!isAlive) throw new Error("this life of the object is over");
      return value;
    };
    return new Job({
      storage: {
        sql: { exec: (query, ...values) => live(storage).sql.exec(query, ...values) },
        transactionSync: (run) => live(storage).transactionSync(run),
      },
      outside: {
        routing: { cold: stage.settings },
        clock: { now: () => clock.now(), after: (ms, run) => clock.after(ms, () => void (isAlive && run())) },
        random: () => 0,
        run: async (work, how) => {
          stage.ran.push({ work, how });
          return (await stage.runs.shift()?.(work, how)) ?? putOff();
        },
        mayBeContinued: () => mayBeContinued,
        publisher: {
          publish: (dispatch) => {
            stage.published.push(dispatch);
            return stage.publish(dispatch);
          },
        },
        callbacks: {
          send: (callback) => {
            stage.callbacks.push(callback);
            return stage.callback();
          },
        },
        index: () => ({
          note: (entry) => {
            stage.entries.push(entry);
            return stage.note();
          },
        }),
        notifier: {
          raise: (notice) => {
            stage.notices.push(notice);
            return stage.raise();
          },
        },
        links: (jobId, action, origin) => `${origin}/admin/act?${action}=${jobId}`,
      },
      setAlarm(atMs) {
        takeAlarmBack?.();
        stage.alarmAtMs = atMs;
        takeAlarmBack = clock.after(Math.max(0, atMs - clock.now()), () => {
          stage.alarmAtMs = null;
          // One handler at a time, as on the platform.
          handling = handling.then(() => stage.job.alarm());
        });
      },
      destroy() {
        takeAlarmBack?.();
        stage.alarmAtMs = null;
        stage.destroyed++;
        for (const { name } of stage.rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")) {
          storage.sql.exec(`DROP TABLE ${name}`);
        }
        return Promise.resolve();
      },
      background: (work) => void work.catch((cause: unknown) => isAlive && stage.thrown.push(cause)),
      log: (event) => void stage.logged.push(event),
    });
  }

  let job = made();
  return stage;
}

export type JobStage = ReturnType<typeof jobStage>;

export const ROUTE = "hot/anthropic/sonnet";
export const BY = { route: ROUTE, told: null };

export const COMPLETION = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "sonnet",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "the answer", refusal: null },
      finish_reason: "stop",
      logprobs: null,
    },
  ],
} as const;

export function completes(content = "the answer"): Runner {
  const [choice] = COMPLETION.choices;
  const body = { ...COMPLETION, choices: [{ ...choice, message: { ...choice.message, content } }] };
  return () => Promise.resolve({ kind: "completion", body: JSON.stringify(body), by: BY });
}

export function putOff(more: Partial<RunRefused> = {}): RunRefused {
  return {
    kind: "refused",
    refusal: { kind: "providers_failed", failures: [], retryAfterMs: 5_000 },
    failures: [],
    asked: 0,
    pausedOnly: false,
    retryAfterMs: 5_000,
    ...more,
  };
}

export function fails(...failures: readonly (Partial<RunFailure> & Pick<RunFailure, "kind">)[]): Runner {
  const all = failures.map((failure) => ({ routeId: ROUTE, servedSince: false, ...failure }));
  const refusal = { kind: "providers_failed", failures: all.map(({ kind }) => kind), retryAfterMs: 5_000 } as const;
  return () => Promise.resolve(putOff({ failures: all, asked: all.length, refusal }));
}

/** A run that ends when the test says so. */
export function heldRun() {
  const { promise: result, resolve } = Promise.withResolvers<RunResult>();
  const begun = { signal: null as AbortSignal | null };
  const runner: Runner = (_work, how) => {
    begun.signal = how.signal;
    return result;
  };
  return { runner, begun, end: resolve };
}

/** A run that streams what the test says, when it says it. */
export function heldStream() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 1_000 });
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const { promise: ended, resolve: hasEnded } = Promise.withResolvers<readonly RunFailure[]>();
  const send = (data: string): Promise<void> => writer.write(encoder.encode(`data: ${data}\n\n`));
  return {
    runner: (): Promise<RunResult> => Promise.resolve({ kind: "stream", by: BY, body: readable, ended }),
    say: (content: string) => send(JSON.stringify(chunkOf({ content }))),
    send,
    async finish(): Promise<void> {
      await send(JSON.stringify(chunkOf({}, "stop")));
      await send("[DONE]");
      // As our own relay: whoever lets go of the stream before it is closed is taken for a caller who is gone.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      const isTaken = await writer.close().then(
        () => true,
        () => false,
      );
      hasEnded(isTaken ? [] : [{ kind: "caller_gone", routeId: ROUTE, servedSince: false }]);
    },
    async breakOff(failure: RunFailure): Promise<void> {
      await send(JSON.stringify({ error: { message: "broke off", type: "x", param: null, code: failure.kind } }));
      hasEnded([failure]);
      await writer.close().catch(() => undefined);
    },
  };
}
