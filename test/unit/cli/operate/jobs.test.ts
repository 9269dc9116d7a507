/** `lisbon jobs` over many pages, and `retry-dead` over many requests, against an index that answers from a list. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { jobs, retryDead } from "../../../../cli/operate/jobs.ts";
import type { JobsOptions } from "../../../../cli/operate/jobs.ts";
import { portOf } from "../../../support/port-of.ts";

const HOLDS = 1_000;
/** Every hundredth is acme's. */
const held = Array.from({ length: HOLDS }, (_, at) => ({
  id: `job_${String(at).padStart(32, "0")}`,
  state: "dead",
  tenant: at % 100 === 0 ? "acme" : "default",
  kind: "draft-email",
  model: "auto",
  createdAtMs: 0,
  updatedAtMs: 0,
  attempts: 5,
  nextRunAtMs: null,
  dueAtMs: null,
  reason: "",
}));

let server: Server;
let url: string;
let paths: string[];
/** What each POST answers. */
let retries: { retried: number; failed: number; left: number }[];

beforeAll(async () => {
  server = createServer((request, response) => {
    paths.push(`${request.method} ${request.url}`);
    const query = new URL(request.url ?? "", url).searchParams;
    response.end(JSON.stringify(request.method === "POST" ? retries.shift() : listed(query)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${portOf(server)}`;
});

beforeEach(() => {
  paths = [];
});

afterAll(() => {
  server.close();
});

describe("the list of jobs", () => {
  it("is one page where nothing is filtered here, and says how to go on", async () => {
    const { jobs: found, next } = await list({ limit: "20" });

    expect(found).toHaveLength(20);
    expect(next).toBe("20.job");
    expect(paths).toEqual(["GET /admin/jobs?limit=20"]);
  });

  it("goes on where it ended", async () => {
    const { jobs: found } = await list({ limit: "3", after: "20.job", state: "dead" });

    expect(found.map(({ id }) => Number(id.slice(4)))).toEqual([20, 21, 22]);
    expect(paths).toEqual(["GET /admin/jobs?limit=3&state=dead&after=20.job"]);
  });

  it("looks for a tenant's on every page, and no further than it must", async () => {
    expect((await list({ tenant: "acme" })).jobs).toHaveLength(10);
    expect(paths).toHaveLength(5);

    paths = [];
    const { jobs: found, next } = await list({ tenant: "acme", limit: "3" });

    // Two of acme's stand in each page, and a page is shown whole: what follows it is where to go on.
    expect(found.map(({ tenant }) => tenant)).toEqual(["acme", "acme", "acme", "acme"]);
    expect(paths).toHaveLength(2);
    expect(next).toBe("400.job");
  });

  it("loses none where more is asked for than a page holds", async () => {
    const { jobs: found, next } = await list({ limit: "250" });

    expect([found.length, next]).toEqual([250, "250.job"]);
  });

  it.each([{ limit: "0" }, { limit: "x" }, { limit: "1.5" }, { after: "xyz" }, { after: "" }])(
    "takes no %j, asks nobody, and says what to do instead",
    async (wrong) => {
      const next = expect.stringContaining("npx lisbon jobs");

      expect(await jobs({ url, adminKey: "k", ...wrong })).toMatchObject({
        ok: false,
        failure: { kind: "usage", next },
      });
      expect(paths).toEqual([]);
    },
  );
});

describe("dead jobs", () => {
  it("are sent back until none is left", async () => {
    retries = [
      { retried: 600, failed: 0, left: 400 },
      { retried: 400, failed: 0, left: 0 },
    ];

    expect(await retryDead({ url, adminKey: "k", yes: true })).toMatchObject({
      value: { exitCode: 0, json: { retried: 1_000, failed: 0, left: 0 } },
    });
  });

  it("are given up where a request moves none of them, and the exit code says so", async () => {
    retries = [
      { retried: 600, failed: 2, left: 400 },
      { retried: 0, failed: 0, left: 400 },
    ];
    const ending = await retryDead({ url, adminKey: "k", yes: true });

    expect(ending).toMatchObject({ value: { exitCode: 1, json: { retried: 600, failed: 2, left: 400 } } });
    expect(paths.filter((path) => path.startsWith("POST"))).toHaveLength(2);
  });
});

async function list(options: JobsOptions): Promise<{ readonly jobs: readonly Listed[]; readonly next: string | null }> {
  const ending = await jobs({ url, adminKey: "k", ...options });
  if (!ending.ok) throw new Error(ending.failure.message);
  return JSON.parse(JSON.stringify(ending.value.json));
}

interface Listed {
  readonly id: string;
  readonly tenant: string;
}

function listed(query: URLSearchParams): object {
  const from = Number.parseInt(query.get("after") ?? "0", 10);
  const to = from + Number(query.get("limit"));
  const counts = { stored: 0, queued: 0, running: 0, waiting_for_human: 0, answered: 0, dead: HOLDS, cancelled: 0 };
  return { counts, oldestMs: null, jobs: held.slice(from, to), next: to < HOLDS ? `${to}.job` : null };
}
