/** `/cold/run` and `/cold/failed` with a job behind them that writes down what it is asked. */
import { sign } from "../../dev/qstash/signature.ts";
import { coldFailed } from "../../src/http/cold-failed.ts";
import { coldRun } from "../../src/http/cold-run.ts";
import type { Delivered, JobPort } from "../../src/jobs/job-port.ts";
import type { Settings } from "../../src/settings.ts";
import { bareSettings } from "./bare-settings.ts";
import { fakeJob } from "./fake-jobs.ts";
import { operatorDeps } from "./operator-deps.ts";

export interface ColdStage {
  /** Ids and calls, in order. */
  readonly asked: string[];
  readonly bugs: unknown[];
  /** What the job does instead of writing down. */
  job: Partial<JobPort>;
  take(request: Request, settings?: Partial<Settings>): Promise<Response>;
}

export const KEYS = { currentSigningKey: "sig_current_for_tests", nextSigningKey: "sig_next_for_tests" };
export const JOB_ID = `job_${"0c".repeat(16)}`;

export function coldStage(): ColdStage {
  const asked: string[] = [];
  const bugs: unknown[] = [];
  const stage: ColdStage = {
    asked,
    bugs,
    job: {},
    take(request, settings = {}) {
      const handler = new URL(request.url).pathname === "/cold/failed" ? coldFailed : coldRun;
      const deps = operatorDeps({
        settings: { ...bareSettings, qstash: { url: "unused", token: "unused", ...KEYS }, ...settings },
        jobs: (jobId) => {
          asked.push(jobId);
          return fakeJob({
            deliver: (dispatch) => {
              asked.push(`run ${dispatch}`);
              return Promise.resolve<Delivered>("ran");
            },
            transportFailed: (dispatch) => {
              asked.push(`failed ${dispatch}`);
              return Promise.resolve();
            },
            ...stage.job,
          });
        },
        logError: (_requestId, cause) => void bugs.push(cause),
      });
      return handler(request, deps, "request-1");
    },
  };
  return stage;
}

/** As QStash would send it, but signed by the test. */
export function signedRequest(path: string, body: string): Request {
  const url = `https://lisbon.example.com${path}`;
  const signature = sign(KEYS.currentSigningKey, { url, body: Buffer.from(body), now: Date.now() });
  return new Request(url, { method: "POST", headers: { "upstash-signature": signature }, body });
}
