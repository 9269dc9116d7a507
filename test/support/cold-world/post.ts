/** The local QStash of a world, delivering over HTTP to `/cold/run` and `/cold/failed`. */
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import * as z from "zod";
import type { Clock as QstashClock } from "../../../dev/qstash/clock.ts";
import { type LocalQstash, startLocalQstash } from "../../../dev/qstash/server.ts";
import { coldFailed } from "../../../src/http/cold-failed.ts";
import { coldRun } from "../../../src/http/cold-run.ts";
import type { Publisher } from "../../../src/jobs/publisher.ts";
import type { WorkerDeps } from "../../../src/worker-deps.ts";
import { portOf } from "../port-of.ts";

const KEYS = { currentSigningKey: "sig_current_for_tests", nextSigningKey: "sig_next_for_tests" };
const Answer = z.object({ outcome: z.string() });

export class WorldPost {
  readonly qstash: LocalQstash;
  readonly origin: string;
  /** What came of the deliveries: the job's word, or the status where there is none. */
  readonly outcomes = new Map<string, number>();
  #publishing = 0;
  /** Deliveries that a job has: they may wait for the world's clock. */
  #inJobs = 0;
  readonly #close: () => Promise<void>;

  private constructor(qstash: LocalQstash, origin: string, close: () => Promise<void>) {
    this.qstash = qstash;
    this.origin = origin;
    this.#close = close;
  }

  static async start(clock: QstashClock, deps: () => WorkerDeps): Promise<WorldPost> {
    const qstash = await startLocalQstash({ token: "token", ...KEYS, clock, limits: { messagesPerDay: Infinity } });
    const server = createServer((incoming, outgoing) => {
      void buffer(incoming).then(async (body) => {
        const headers = new Headers({ "upstash-signature": String(incoming.headers["upstash-signature"] ?? "") });
        const request = new Request(`${post.origin}${incoming.url}`, { method: "POST", headers, body });
        const response = await post.#take(request, deps());
        outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
      });
    });
    // Longer than the world lasts: a connection that closes while it is reused would lose a delivery.
    server.keepAliveTimeout = 120_000;
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const post = new WorldPost(qstash, `http://127.0.0.1:${portOf(server)}`, async () => {
      await qstash.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    });
    return post;
  }

  get settings(): NonNullable<WorkerDeps["settings"]["qstash"]> {
    return { url: this.qstash.url, token: this.qstash.token, ...KEYS };
  }

  get deliveries(): number {
    return [...this.outcomes.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Something is on the wire, which the world's clock does not move. */
  isBusy(): boolean {
    if (this.#publishing > 0) return true;
    const { deliveries } = this.qstash;
    const underWay = deliveries.filter(({ status }) => status === null).length;
    if (underWay === 0 && deliveries.length > 0) this.qstash.clearDeliveries();
    return underWay > this.#inJobs;
  }

  /** Watches what a publisher has under way. */
  watched(publisher: Publisher): Publisher {
    return {
      publish: async (dispatch) => {
        this.#publishing++;
        try {
          return await publisher.publish(dispatch);
        } finally {
          this.#publishing--;
        }
      },
    };
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #take(request: Request, deps: WorkerDeps): Promise<Response> {
    const handler = request.url.endsWith("/cold/failed") ? coldFailed : coldRun;
    const response = await handler(request, { ...deps, jobs: (jobId) => this.#counted(deps.jobs(jobId)) }, "delivery");
    const outcome = response.ok ? Answer.parse(await response.clone().json()).outcome : String(response.status);
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    return response;
  }

  #counted(job: ReturnType<WorkerDeps["jobs"]>): ReturnType<WorkerDeps["jobs"]> {
    const during = async <Value>(work: Promise<Value>): Promise<Value> => {
      this.#inJobs++;
      try {
        return await work;
      } finally {
        this.#inJobs--;
      }
    };
    return {
      ...job,
      deliver: (dispatch) => during(job.deliver(dispatch)),
      transportFailed: (dispatch) => during(job.transportFailed(dispatch)),
    };
  }
}
