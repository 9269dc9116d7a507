import { DurableObject } from "cloudflare:workers";
import { platformMoment } from "../lib/clock.ts";
import type { Result } from "../lib/result.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import { Job } from "./job-core.ts";
import type { JobOutside } from "./job-outside.ts";
import type { Begun, Delivered, HumanAnswer, JobPort, JobRefused, Parked, ParkHow } from "./job-port.ts";
import type { JobView, JobWork } from "./job.ts";

/**
 * A job's Durable Object: a thin shell that gives the job its storage and its
 * alarm. Only plain values cross it, the body of a stream aside; what is
 * refused is a value too.
 */
export abstract class JobObject<Env = unknown> extends DurableObject<Env> implements JobPort {
  #job: Job | null = null;

  /** Asked once for each life of the object. */
  protected abstract outside(): JobOutside;

  park(work: JobWork, how: ParkHow): Promise<Parked> {
    return this.#open().park(work, how);
  }

  find(withinMs: number): Promise<Parked | null> {
    return this.#open().find(withinMs);
  }

  begin(work: JobWork, resumeAfter: string | null): Promise<Begun> {
    return this.#open().begin(work, resumeAfter);
  }

  follow(resumeAfter: string | null): Promise<Begun> {
    return this.#open().follow(resumeAfter);
  }

  deliver(dispatch: number): Promise<Delivered> {
    return this.#open().deliver(dispatch);
  }

  transportFailed(dispatch: number): Promise<void> {
    return this.#open().transportFailed(dispatch);
  }

  view(): Promise<JobView | null> {
    return this.#open().view();
  }

  prompt(): Promise<{ readonly request: ChatRequest; readonly draft: string } | null> {
    return this.#open().prompt();
  }

  settled(ms: number): Promise<JobView | null> {
    return this.#open().settled(ms);
  }

  events(after: string | null): Promise<ReadableStream<Uint8Array> | null> {
    return this.#open().events(after);
  }

  cancel(by: string): Promise<Result<JobView, JobRefused>> {
    return this.#open().cancel(by);
  }

  answer(answer: HumanAnswer): Promise<Result<JobView, JobRefused>> {
    return this.#open().answer(answer);
  }

  retry(by: string, token: string | null): Promise<Result<JobView, JobRefused>> {
    return this.#open().retry(by, token);
  }

  edit(request: ChatRequest, by: string): Promise<Result<JobView, JobRefused>> {
    return this.#open().edit(request, by);
  }

  override alarm(): Promise<void> {
    return this.#open().alarm();
  }

  #open(): Job {
    this.#job ??= this.#make();
    return this.#job;
  }

  #make(): Job {
    const { storage } = this.ctx;
    const outside = this.outside();
    return new Job({
      storage,
      outside,
      // Written with what is in the tables, in one go: nothing is awaited in between.
      setAlarm: (atMs) => this.ctx.waitUntil(storage.setAlarm(platformMoment(atMs, outside.clock))),
      destroy: async () => {
        await storage.deleteAlarm();
        await storage.deleteAll();
      },
      background: (work) => this.ctx.waitUntil(work),
      log: (event) => console.error(JSON.stringify(event)),
    });
  }
}
