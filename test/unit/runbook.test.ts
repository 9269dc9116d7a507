/** docs/runbook.md is read at night, by somebody who pastes: every line of it that calls the Worker is right. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answerJob, cancelByOperator, editJob, retryJob, showJob } from "../../src/http/admin-job.ts";
import type { WorkerDeps } from "../../src/worker-deps.ts";
import { operatorDeps } from "../support/operator-deps.ts";
import { JOB_ID, parkedJob } from "../support/parked-job.ts";

interface Line {
  readonly method: string;
  /** As it stands there: `/admin/jobs/$JOB`. */
  readonly path: string;
  readonly body: string | null;
}

const runbook = readFileSync("docs/runbook.md", "utf8");
const lines = Array.from(
  runbook.matchAll(/^(?:ask|curl)\b.*?\$URL(?<path>\/[^\s"?]*).*$/gm),
  ([text, path = ""]): Line => {
    const method = /-X (\w+)/.exec(text)?.[1] ?? "GET";
    return { method, path, body: /-d '([^']*)'/.exec(text)?.[1] ?? null };
  },
);

/** Method and path of everything that `app.ts` answers, as its table of contents has it. */
const served = Array.from(
  readFileSync("src/app.ts", "utf8").matchAll(/app\.(get|post)\(\s*"([^"]+)"/g),
  ([, method = "", path = ""]) => `${method.toUpperCase()} ${path}`,
);

describe("the runbook", () => {
  it("calls what part 2 has for an operator", () => {
    expect(lines.length).toBeGreaterThan(20);
    expect(new Set(lines.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set([
        "GET /health",
        "GET /admin/breakers",
        "POST /admin/breakers/reset",
        "GET /admin/flags",
        "POST /admin/flags",
        "GET /admin/pause",
        "POST /admin/pause",
        "POST /budget/resume",
        "POST /budget/webhook",
        "GET /admin/jobs",
        "GET /admin/jobs/$JOB",
        "POST /admin/jobs/$JOB/answer",
        "POST /admin/jobs/$JOB/retry",
        "POST /admin/jobs/$JOB/edit",
        "POST /admin/jobs/$JOB/cancel",
        "POST /admin/jobs/retry-dead",
        "POST /admin/notices/test",
      ]),
    );
  });

  it.each(lines)("names a path that there is: $method $path", ({ method, path }) => {
    const pattern = new RegExp(`^${method} ${path.replace("$JOB", ":\\w+").replaceAll("/", "\\/")}$`);

    expect(served.filter((one) => pattern.test(one))).not.toEqual([]);
  });

  it.each(lines.filter(({ body }) => body !== null))("sends JSON to $path: $body", ({ body }) => {
    expect(() => {
      JSON.parse(body ?? "");
    }).not.toThrow();
  });

  it.each(lines.filter(({ path }) => path.includes("$JOB")))(
    "does to a job what it says: $method $path",
    async (line) => {
      const request = new Request(`https://lisbon.test${line.path.replace("$JOB", JOB_ID)}`, {
        method: line.method,
        body: line.body,
      });
      const job = parkedJob({ view: { state: "dead" } });
      const answer = await handlerOf(line.path)(request, operatorDeps({ jobs: () => job.port }));

      expect(answer.status).toBe(200);
      expect(job.changes).toHaveLength(line.method === "POST" ? 1 : 0);
    },
  );

  it("is one page", () => {
    expect(runbook.split("\n").length).toBeLessThan(140);
  });
});

function handlerOf(path: string): (request: Request, deps: WorkerDeps) => Promise<Response> {
  const [last = ""] = path.split("/").slice(-1);
  const byName = { answer: answerJob, retry: retryJob, edit: editJob, cancel: cancelByOperator };
  return Object.entries(byName).find(([name]) => name === last)?.[1] ?? showJob;
}
