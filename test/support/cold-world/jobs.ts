/** Every job of a world in an object of its own, which is evicted by chance when nothing is under way in it. */
import { Job } from "../../../src/jobs/job-core.ts";
import type { JobOutside } from "../../../src/jobs/job-outside.ts";
import type { JobPort } from "../../../src/jobs/job-port.ts";
import type { JobView } from "../../../src/jobs/job.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { fakeJob } from "../fake-jobs.ts";
import { createJobStorage } from "../job-storage.ts";
import { WorldAlarm } from "./alarm.ts";

interface JobsOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Of a new life of an object; it may be in another isolate. */
  readonly outside: () => JobOutside;
  readonly bug: (cause: unknown) => void;
}

export class WorldJobs {
  readonly #options: JobsOptions;
  readonly #hosted = new Map<string, Hosted>();

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  readonly port = (jobId: string): JobPort => {
    const hosted = this.#hosted.get(jobId) ?? new Hosted(this.#options);
    this.#hosted.set(jobId, hosted);
    return hosted.port;
  };

  /** Of those objects that hold a job. */
  async views(): Promise<readonly JobView[]> {
    const views = await Promise.all([...this.#hosted.values()].map(({ port }) => port.view()));
    return views.filter((view) => view !== null);
  }
}

class Hosted {
  readonly port: JobPort;
  readonly #options: JobsOptions;
  readonly #storage = createJobStorage();
  readonly #alarm: WorldAlarm;
  #job: Job | null = null;
  #underWay = 0;

  constructor(options: JobsOptions) {
    this.#options = options;
    this.#alarm = new WorldAlarm(options.clock, () => this.#ask((job) => job.alarm()));
    this.port = fakeJob({
      park: (work, how) => this.#ask((job) => job.park(work, how)),
      find: (withinMs) => this.#ask((job) => job.find(withinMs)),
      deliver: (dispatch) => this.#ask((job) => job.deliver(dispatch)),
      transportFailed: (dispatch) => this.#ask((job) => job.transportFailed(dispatch)),
      view: () => this.#ask((job) => job.view()),
    });
  }

  async #ask<Value>(question: (job: Job) => Promise<Value>): Promise<Value> {
    this.#job ??= this.#made();
    return await this.#during(question(this.#job));
  }

  async #during<Value>(work: Promise<Value>): Promise<Value> {
    this.#underWay++;
    try {
      return await work;
    } finally {
      this.#underWay--;
      if (this.#underWay === 0 && this.#options.random() < EVICTED) this.#job = null;
    }
  }

  #made(): Job {
    const { outside, bug } = this.#options;
    return new Job({
      storage: this.#storage,
      outside: outside(),
      setAlarm: (atMs) => this.#alarm.set(atMs),
      destroy: () => Promise.reject(new Error("no world lasts so long")),
      background: (work) => void this.#during(work).catch(bug),
      log: (event) => bug(new Error(JSON.stringify(event))),
    });
  }
}

/** Both must work: an object that begins anew, and one that remembers. */
const EVICTED = 0.5;
