/** What the commands print, as their reader sees it: 80 columns, nothing there, and far too much there. */
import { describe, expect, it } from "vitest";
import type { JobEntry } from "../../../../cli/admin-schemas.ts";
import { failureLines } from "../../../../cli/run-command.ts";
import { countsLine, jobListLines } from "../../../../cli/operate/job-lines.ts";
import { pauseLines } from "../../../../cli/operate/pause.ts";
import { routeLines, routeRows } from "../../../../cli/operate/routes.ts";
import { statusOf } from "../../../../cli/operate/status.ts";
import type { Told } from "../../../../cli/operate/status.ts";
import { statusLines } from "../../../../cli/operate/status-lines.ts";
import { dollars, keyLines, tenantLines } from "../../../../cli/operate/tenant-lines.ts";
import { plain } from "../../../../cli/screen/paint.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");
const LONG_ID = `warm/openrouter/${"meta-llama/".repeat(8)}llama-3.3-70b-instruct:free`;

describe("lisbon routes", () => {
  it("shows those in trouble first, with why, and never cuts an id", () => {
    const { health, breakers } = told([
      { id: "hot/a" },
      { id: LONG_ID, status: "open", why: "server_error", sinceMs: NOW - 240_000, untilMs: NOW + 20_000 },
    ]);

    expect(routeLines(routeRows(health, breakers), NOW, plain)).toEqual([
      "STATE       OK     P50     P95  ROUTE",
      `open     19/20  310 ms  12.5 s  ${LONG_ID}`,
      "  server_error, for 4 min, tried again in 20 s",
      "serving  19/20  310 ms  12.5 s  hot/a",
      "",
      "2 routes: 1 open, 1 serving",
    ]);
  });

  it("says who took a route out, and what a route that is off lacks", () => {
    const { health, breakers } = told([{ id: "hot/a", status: "killed", why: "operator" }]);
    const off = { id: "hot/b", status: "off", error: "not set: OPENAI_API_KEY" };
    const rows = routeRows({ ...health, routes: [...health.routes, off] }, breakers);

    expect(routeLines(rows, NOW, plain)).toEqual(
      expect.arrayContaining([
        "  switched off by an operator",
        "  not set: OPENAI_API_KEY",
        "2 routes: 1 killed, 1 off",
      ]),
    );
  });

  it("takes a state that it does not know for no good one", () => {
    const { health, breakers } = told([{ id: "hot/a" }]);
    const newer = { ...health, routes: [{ id: "hot/a", status: "resting" }] };

    expect(routeRows(newer, breakers)).toMatchObject([{ state: "open" }]);
  });

  it("says that a map has none", () => {
    expect(routeLines([], NOW, plain)).toEqual(["The map has no routes."]);
  });

  it("shows nothing that would move the reader's cursor", () => {
    const { health, breakers } = told([{ id: "hot/\u001b[2Ja\u0007\u202e" }]);

    expect(routeLines(routeRows(health, breakers), NOW, plain).join("")).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

describe("lisbon status", () => {
  it("needs nobody where all is well", () => {
    const status = statusOf(told([{ id: "hot/a" }]));

    expect(status.attention).toEqual([]);
    expect(statusLines(status, NOW, plain)).toEqual([
      "http://127.0.0.1:8787 is serving",
      "  nothing needs you",
      "",
      "STATE       OK     P50     P95  ROUTE",
      "serving  19/20  310 ms  12.5 s  hot/a",
      "",
      "1 route: 1 serving",
      "",
      "Nothing is paused.",
      "No budget of money is in use.",
      "There are no jobs.",
      "Nobody has looked after it yet: docs/watchdog.md.",
      "No notice was sent yet.",
    ]);
  });

  it("puts first what needs somebody, and says what to do about each", () => {
    const status = statusOf(badNight());

    expect(status.attention).toEqual([
      "no route can answer: new calls are parked or refused",
      "paused: npx lisbon resume, once the reason is gone",
      "2 dead: npx lisbon jobs --state dead",
      "1 waiting for a person: npx lisbon jobs --state waiting_for_human",
      "a call has waited for 1 h: npx lisbon jobs",
      "2 of 2 routes failing: npx lisbon routes",
      "the budget of all is used to 90 %: npx lisbon tenants limits",
      "1 of the last notices did not arrive: npx lisbon doctor --notify",
    ]);
    expect(statusLines(status, NOW, plain)).toEqual(
      expect.arrayContaining([
        "http://127.0.0.1:8787 is NOT serving",
        "everything is paused by a budget alert at 85 %, 5 min ago: gemini is at 85 %",
        "Budget of all: 90 %, $45.00 of $50.00",
        "All jobs: 3 queued, 1 waiting_for_human, 2 dead; the oldest that waits: 1 h ago",
        "On call: Ana",
        "  10 min ago: Everything is down (2 times) (not at slack hooks.slack.com)",
      ]),
    );
  });

  it("takes a route that mostly fails for a failing one, though its circuit has not opened yet", () => {
    const failing = told([{ id: "hot/a", last: [1, 1, 0, 1, 0, 0] }, { id: "hot/b" }]);
    const wellAgain = told([{ id: "hot/a", last: [0, 0, 0, 0, 1, 1, 1] }]);

    expect(statusOf(failing).attention).toEqual(["1 of 2 routes failing: npx lisbon routes"]);
    expect(statusOf(wellAgain).attention).toEqual([]);
  });

  it("says what the watch alone finds, and nothing twice", () => {
    const found = [finding("error_loop", "loop:f1"), finding("error_loop", "error:hot/a"), finding("quota", "quota:a")];
    const calm = told([{ id: "hot/a" }]);
    const status = statusOf({ ...calm, watch: { ...calm.watch, findings: found } });
    const command = "npx lisbon watch --once";
    expect(status.attention).toEqual([`2 are out until mended: ${command}`, `loop:f1: ${command}`]);
    expect(status.findings).toEqual(found);
  });

  it("fits a screen with two hundred routes", () => {
    const many = Array.from({ length: 200 }, (_, at) =>
      at % 5 === 0 ? { id: `warm/p${at}/m`, status: "open", why: "timed_out" } : { id: `warm/p${at}/m` },
    );
    const lines = statusLines(statusOf(told(many)), NOW, plain);

    expect(lines.length).toBeLessThan(40);
    expect(lines).toContain("200 routes: 40 open, 160 serving (npx lisbon routes)");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});

describe("lisbon jobs", () => {
  const job: JobEntry = {
    id: `job_${"a".repeat(32)}`,
    state: "waiting_for_human",
    tenant: "acme",
    kind: "a-kind-with-a-name-that-is-rather-long",
    model: "auto",
    createdAtMs: NOW - 3_600_000,
    updatedAtMs: NOW,
    attempts: 5,
    nextRunAtMs: null,
    dueAtMs: null,
    reason: "the last of five attempts failed: ".repeat(10),
  };

  it("fits 80 columns with a long kind and a long reason, and the id is whole", () => {
    const lines = jobListLines([job], NOW, plain);

    expect(lines.slice(1)).toEqual([
      `waiting_for_human  1 h ago      5  job_${"a".repeat(32)}`,
      "  a-kind-with-a-name-that-is-rather-long of acme; the last of five attempts f…",
    ]);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("says that there are none", () => {
    expect(jobListLines([], NOW, plain)).toEqual(["No such jobs."]);
    expect(countsLine({ queued: 0 })).toBe("There are no jobs.");
  });
});

describe("the smaller lists", () => {
  it("say what to do where they are empty", () => {
    expect(tenantLines([], plain)).toContain("Make the first: npx lisbon tenants key default");
    expect(keyLines([], NOW, plain)).toContain("Make one: npx lisbon tenants key TENANT");
    expect(pauseLines([], NOW, plain)).toEqual(["Nothing is paused."]);
  });

  it("show money to the cent, and what is less as less", () => {
    expect([0, 0.004, 1.005, 12_345.6, -2].map(dollars)).toEqual(["$0.00", "<$0.01", "$1.00", "$12345.60", "-$2.00"]);
  });

  it("cut a server's long list of what there is", () => {
    const message = `routes.x: there is no such route. There are: ${"hot/openai/gpt-4.1, ".repeat(200)}`;
    const [line = ""] = failureLines({ kind: "usage", code: "invalid_request", message, next: "" }, plain);

    expect(line.length).toBeLessThanOrEqual(600);
  });
});

function finding(kind: string, key: string) {
  return { kind, key, title: key, why: "so", nextAction: "Do." };
}

interface Given {
  readonly id: string;
  readonly status?: string;
  readonly why?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly last?: readonly number[];
}

function told(routes: readonly Given[]): Told {
  const counts = { stored: 0, queued: 0, running: 0, waiting_for_human: 0, answered: 0, dead: 0, cancelled: 0 };
  const isWell = ({ status = "closed" }: Given): boolean => status === "closed";
  return {
    url: "http://127.0.0.1:8787",
    health: {
      status: "ok",
      healthy: routes.filter(isWell).map(({ id }) => id),
      routes: routes.map((route) => ({ id: route.id, status: isWell(route) ? "healthy" : (route.status ?? "") })),
    },
    breakers: {
      atMs: NOW,
      alarmFailure: null,
      routes: routes.map(({ id, status = "closed", why, sinceMs, untilMs, last }) => ({
        id,
        account: "a",
        status,
        why: why ?? null,
        sinceMs: sinceMs ?? null,
        untilMs: untilMs ?? null,
        last: [...(last ?? [0, ...Array.from({ length: 19 }, () => 1)])],
        errorRate: 0.05,
        p50Ms: 310.4,
        p95Ms: 12_480,
        lastError: null,
      })),
    },
    pauses: { pauses: [] },
    jobs: { counts, oldestMs: null, jobs: [], next: null },
    notices: { on_call: null, targets: [], sent: [] },
    limits: { changes: {}, budgets: [] },
    watch: { atMs: NOW, findings: [], seen: {} },
  };
}

function badNight(): Told {
  const calm = told([
    { id: "hot/a", status: "open", why: "server_error" },
    { id: "hot/b", status: "half_open", why: "server_error" },
  ]);
  const at = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
  return {
    ...calm,
    pauses: { pauses: [{ scope: "all", by: "alert", since: at(5), reason: "gemini is at 85 %", percent: 85 }] },
    jobs: {
      ...calm.jobs,
      counts: { ...calm.jobs.counts, queued: 3, waiting_for_human: 1, dead: 2 },
      oldestMs: NOW - 3_600_000,
    },
    notices: {
      on_call: { name: "Ana", contact: "ana@example.com" },
      targets: [],
      sent: [
        {
          kind: "everything_down",
          title: "Everything is down (2 times)",
          at: at(10),
          count: 2,
          deliveries: [{ target: "slack hooks.slack.com", state: "given_up", detail: "status 410" }],
        },
      ],
    },
    limits: {
      changes: {},
      budgets: [
        {
          scope: "all",
          period: "2026-11",
          limit_usd: 50,
          settled_usd: 44,
          given_usd: 1,
          left_usd: 5,
          ends_at: "2026-12-01T00:00:00Z",
        },
      ],
    },
  };
}
