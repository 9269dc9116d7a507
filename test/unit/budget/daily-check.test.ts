/** Against local servers that answer as the documented APIs do. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { dailyCheck, type DailyCheckLine } from "../../../src/budget/daily-check.ts";
import type { BudgetAlert } from "../../../src/budget/pause-port.ts";
import type { Notice } from "../../../src/domain/notice.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { portOf } from "../../support/port-of.ts";
import { NOVEMBER } from "./pause-support.ts";

type Answer = { readonly status?: number; readonly body: unknown };

let servers: Server[] = [];

afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

async function serve(answer: (url: URL, request: IncomingMessage) => Answer): Promise<string> {
  const server = createServer((request, response) => {
    const { status = 200, body } = answer(new URL(request.url ?? "/", "http://local"), request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${portOf(server)}`;
}

/** Pages of two days each, as the Costs API gives them: https://platform.openai.com/docs/api-reference/usage/costs */
function openai(values: readonly (number | string)[], currency = "usd") {
  const asked: URL[] = [];
  const answer = (url: URL, request: IncomingMessage): Answer => {
    asked.push(url);
    if (request.headers.authorization !== "Bearer sk-admin-1") return { status: 401, body: { error: {} } };
    const from = Number((url.searchParams.get("page") ?? "page_0").slice("page_".length));
    const data = values.slice(from, from + 2).map((value) => ({
      object: "bucket",
      start_time: 1730419200,
      end_time: 1730505600,
      results: [
        { object: "organization.costs.result", amount: { value, currency }, line_item: null, project_id: null },
      ],
    }));
    const more = from + 2 < values.length;
    return { body: { object: "page", data, has_more: more, next_page: more ? `page_${from + 2}` : null } };
  };
  return { asked, answer };
}

/** https://platform.claude.com/docs/en/api/admin/cost_report */
function anthropic(cents: readonly string[]) {
  const asked: URL[] = [];
  const answer = (url: URL, request: IncomingMessage): Answer => {
    asked.push(url);
    const { "x-api-key": key, "anthropic-version": version } = request.headers;
    if (key !== "sk-ant-admin-1" || version !== "2023-06-01") return { status: 401, body: { type: "error" } };
    const from = Number(url.searchParams.get("page") ?? "0");
    const more = from + 1 < cents.length;
    const data = cents.slice(from, from + 1).map(bucket);
    return {
      body: {
        data: [...data, { starting_at: "", ending_at: "", results: [] }],
        has_more: more,
        next_page: more ? String(from + 1) : null,
      },
    };
  };
  return { asked, answer };
}

function bucket(amount: string) {
  return {
    starting_at: "2026-11-01T00:00:00Z",
    ending_at: "2026-11-02T00:00:00Z",
    results: [{ amount, currency: "USD", cost_type: null, description: null, model: null, workspace_id: null }],
  };
}

interface Hosts {
  readonly openai?: string;
  readonly anthropic?: string;
  readonly spend?: string;
}

async function check(hosts: Hosts, monthly: Record<string, number> = { openai: 100, anthropic: 50 }) {
  const alerts: BudgetAlert[] = [];
  const notices: Notice[] = [];
  const lines: DailyCheckLine[] = [];
  const local = new Map([
    ["api.openai.com", hosts.openai],
    ["api.anthropic.com", hosts.anthropic],
  ]);
  await dailyCheck({
    budget: {
      monthlyUsd: new Map(Object.entries(monthly)),
      spend: hosts.spend === undefined ? null : { url: `${hosts.spend}/spend`, headers: { "x-key": "s" } },
    },
    costKeys: {
      openai: hosts.openai === undefined ? null : "sk-admin-1",
      anthropic: hosts.anthropic === undefined ? null : "sk-ant-admin-1",
    },
    fetch: (url, init) => {
      const { hostname, pathname, search } = new URL(url);
      const origin = local.get(hostname);
      return fetch(origin === undefined ? url : `${origin}${pathname}${search}`, init);
    },
    clock: createFakeClock(NOVEMBER),
    alert: async (alert) => void alerts.push(alert),
    raise: async (notice) => void notices.push(notice),
    log: (line) => void lines.push(line),
  });
  return { alerts, notices, lines };
}

describe("the daily check", () => {
  it("adds up OpenAI's costs of this month over all pages, in dollars", async () => {
    const costs = openai([10.5, 20, "3.25", 1.25, 50]);
    const { alerts, notices } = await check({ openai: await serve(costs.answer) });

    expect(alerts).toEqual([
      {
        provider: "openai",
        percentUsed: 85,
        kind: "actual",
        period: null,
        message: null,
        source: "daily:openai",
        pauseOnly: false,
      },
    ]);
    expect(notices).toEqual([]);
    expect(costs.asked.map(({ pathname }) => pathname)).toEqual(Array(3).fill("/v1/organization/costs"));
    expect(costs.asked[0]?.searchParams.get("start_time")).toBe(String(Date.UTC(2026, 10, 1) / 1000));
    expect(costs.asked[1]?.searchParams.get("page")).toBe("page_2");
  });

  it("adds up Anthropic's cost report over all pages, in cents", async () => {
    const costs = anthropic(["123.45", "376.55", "3500"]);
    const { alerts } = await check({ anthropic: await serve(costs.answer) });

    expect(alerts).toMatchObject([{ provider: "anthropic", percentUsed: 80, source: "daily:anthropic" }]);
    expect(costs.asked).toHaveLength(3);
    expect(costs.asked[0]?.searchParams.get("starting_at")).toBe("2026-11-01T00:00:00.000Z");
  });

  it("takes percentages from a URL of one's own", async () => {
    const keys: unknown[] = [];
    const spend = await serve((_url, request) => {
      keys.push(request.headers["x-key"]);
      return {
        body: [
          { provider: "gemini", percentUsed: 42 },
          { provider: "openai", percentUsed: "81.5" },
        ],
      };
    });
    const { alerts } = await check({ spend });

    expect(keys).toEqual(["s"]);
    expect(alerts).toMatchObject([
      { provider: "gemini", percentUsed: 42, source: "daily:gemini" },
      { provider: "openai", percentUsed: 81.5, source: "daily:openai" },
    ]);
  });

  it.each<[string, unknown, string, readonly string[]]>([
    ["no list", { provider: "gemini", percentUsed: 1 }, "it did not answer [{ provider, percentUsed }]", []],
    [
      "one wrong entry",
      [
        { provider: "a", percentUsed: 95 },
        { provider: "b", percentUsed: 1e9 },
      ],
      "entry 1",
      ["a"],
    ],
  ])("tells a human of %s, and takes what is right", async (_name, body, why, taken) => {
    const { alerts, notices } = await check({ spend: await serve(() => ({ body })) });

    expect(alerts.map(({ provider }) => provider)).toEqual(taken);
    expect(notices).toMatchObject([
      { kind: "setup", key: "setup:daily:budget.spend", why: expect.stringContaining(why) },
    ]);
  });

  it.each<[string, (url: URL, request: IncomingMessage) => Answer, string]>([
    ["refuses the key", () => ({ status: 401, body: {} }), "api.openai.com answered 401"],
    ["answers in another shape", () => ({ body: { error: "no" } }), "in another shape"],
    ["has an amount that is none", openai(["a lot"]).answer, "in another shape"],
    ["says that there is more, and not where", () => ({ body: { data: [], has_more: true } }), "next page"],
    ["never ends", () => ({ body: { data: [], has_more: true, next_page: "x" } }), "more than 20 pages"],
    ["counts in another currency", () => openaiIn("eur"), "counts in eur"],
  ])("a source that %s is told, and does not stop the others", async (_name, answer, why) => {
    const bad = await serve(answer);
    const good = anthropic(["4500"]);
    const { alerts, notices, lines } = await check({ openai: bad, anthropic: await serve(good.answer) });

    expect(notices).toMatchObject([{ kind: "setup", why: expect.stringContaining(why) }]);
    expect(JSON.stringify(notices)).not.toContain("sk-admin-1");
    expect(alerts).toMatchObject([{ provider: "anthropic", percentUsed: 90 }]);
    expect(lines).toMatchObject([
      { source: "openai", failed: expect.any(String) },
      { source: "anthropic", failed: null },
    ]);
  });

  it("asks nobody whose budget the map does not state", async () => {
    const costs = openai([1]);
    const { alerts } = await check({ openai: await serve(costs.answer) }, {});

    expect(costs.asked).toEqual([]);
    expect(alerts).toEqual([]);
  });
});

function openaiIn(currency: string): Answer {
  return { body: { data: [{ results: [{ amount: { value: 1, currency } }] }], has_more: false, next_page: null } };
}
