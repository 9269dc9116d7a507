import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { JobPort } from "../../../src/jobs/job-port.ts";
import type { Run, RunResult } from "../../../src/jobs/run-result.ts";
import { jobWork, streamWork } from "../../support/job-work.ts";
import { chunkOf } from "../../support/chunk.ts";
import { jobWorld, type Job } from "./entry.ts";

export const PARKED = { reason: "providers_failed", retryAfterMs: 0, human: null } as const;

export function resetWorld(): void {
  jobWorld.aheadMs = 0;
  jobWorld.runs.length = 0;
  jobWorld.ran.length = 0;
  jobWorld.publish = () => Promise.resolve({ ok: true, messageId: "m" });
  jobWorld.published.length = 0;
  jobWorld.callback = () => Promise.resolve({ kind: "delivered" });
  jobWorld.callbacks.length = 0;
  jobWorld.note = () => Promise.resolve();
  jobWorld.entries.length = 0;
  jobWorld.notices.length = 0;
}

/** Each test its own job: storage is isolated for each file only. */
export function jobOf(name: string) {
  const namespace: DurableObjectNamespace<Job> = Reflect.get(env, "JOBS");
  const stub = namespace.getByName(name);
  // What the Worker holds: the contract must stand up to being called from another object.
  const port: JobPort = stub;
  return { stub, port, work: jobWork({ jobId: name }), streamWork: streamWork({ jobId: name }) };
}

/** By the job's clock; null: no alarm is set. */
export async function dueInMs(stub: DurableObjectStub<Job>): Promise<number | null> {
  const atMs = await runInDurableObject(stub, (_instance, state) => state.storage.getAlarm());
  return atMs === null ? null : atMs - Date.now();
}

export function rowsOf(stub: DurableObjectStub<Job>, query: string) {
  return runInDurableObject(stub, (_instance, state) => state.storage.sql.exec(query).toArray());
}

export function answers(content: string): Run {
  return () =>
    Promise.resolve({ kind: "completion", body: JSON.stringify({ content }), by: { route: "hot/a/one", told: null } });
}

/** A run that ends when the test says so. It looks by itself: a promise of the test's would belong to another object. */
export function held() {
  const state = { result: null as RunResult | null };
  const run: Run = async () => {
    for (;;) {
      if (state.result !== null) return state.result;
      await scheduler.wait(2);
    }
  };
  return {
    run,
    end: (result: RunResult): void => {
      state.result = result;
    },
  };
}

/** A run that streams what the test says, when it says it; its stream, too, is of the job's own object. */
export function streaming() {
  const said: string[] = [];
  const say = (content: string): void => void said.push(JSON.stringify(chunkOf({ content })));
  const run: Run = () => {
    const encoder = new TextEncoder();
    let next = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        while (next === said.length) await scheduler.wait(2);
        const data = said[next++];
        controller.enqueue(encoder.encode(`data: ${data}\n\n`));
        if (data === "[DONE]") controller.close();
      },
    });
    return Promise.resolve({
      kind: "stream",
      by: { route: "hot/a/one", told: null },
      body,
      ended: Promise.resolve([]),
    });
  };
  return { run, say, finish: (): void => void said.push(JSON.stringify(chunkOf({}, "stop")), "[DONE]") };
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await scheduler.wait(5);
}
