import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { watch } from "../../../../cli/operate/watch.ts";
import { plain } from "../../../../cli/screen/paint.ts";
import { portOf } from "../../../support/port-of.ts";

const AT_MS = Date.parse("2026-11-21T12:00:00Z");
const FINDING = { kind: "stuck_queue", key: "stuck_queue", title: "The queue is stuck", why: "so", nextAction: "Do." };

let server: Server;
let url: string;
let asked: { line: string; headers: Record<string, unknown>; body: string }[];
let answer: unknown;

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${portOf(server)}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  asked = [];
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("lisbon watch", () => {
  it("shows what is wrong and who else looks, and ends with 1", async () => {
    answer = { atMs: AT_MS, findings: [FINDING], seen: { cli: AT_MS, worker: AT_MS - 60_000 } };
    const ending = await watch({ url, adminKey: "k".repeat(20), once: true });

    expect(asked.map(({ line }) => line)).toEqual(["POST /watch/tick"]);
    if (!ending.ok) throw new Error(ending.failure.message);
    expect(ending.value.exitCode).toBe(1);
    expect(ending.value.json).toMatchObject({ findings: [FINDING], seen: { worker: "2026-11-21T11:59:00.000Z" } });
    expect(ending.value.lines(plain)).toEqual([
      "2026-11-21T12:00:00.000Z 1 finding",
      "  The queue is stuck (so)",
      "    Do.",
      expect.stringMatching(/^ {2}the watchdog Worker looked .+ ago$/),
    ]);
  });

  it("ends what the watchdog has put first for a kind, and says where there is nothing to end", async () => {
    const lines: string[] = [];
    for (const released of [true, false]) {
      answer = { released };
      const ending = await watch({ url, adminKey: "k".repeat(20), release: "draft email" });
      if (!ending.ok) throw new Error(ending.failure.message);
      lines.push(...ending.value.lines(plain));
    }

    // With a body the trail would not say which kind it was.
    expect(new Set(asked.map(({ line, body }) => line + body))).toEqual(
      new Set(["POST /admin/watch/release?kind=draft%20email"]),
    );
    expect(lines).toEqual([
      "The map's order counts again for draft email; every isolate obeys within 5 s.",
      "The watchdog has put nothing first for draft email.",
    ]);
  });

  it("says where nobody answers, and takes no odd pace", async () => {
    expect(await watch({ url: "http://127.0.0.1:9", adminKey: "k", once: true })).toMatchObject({
      failure: { kind: "not_reached" },
    });
    expect(await watch({ url, every: "0" })).toMatchObject({ failure: { kind: "usage" } });
  });

  it("--install has QStash look every 2 minutes, by one schedule however often it is called", async () => {
    expect(await watch({ url: "https://lisbon.example.com", adminKey: "k", install: true })).toMatchObject({
      ok: false,
    });

    vi.stubEnv("QSTASH_TOKEN", "qstash-token");
    vi.stubEnv("QSTASH_URL", url);
    answer = { scheduleId: "x" };
    const ending = await watch({ url: "https://lisbon.example.com", adminKey: "k", install: true });

    expect(ending).toMatchObject({ ok: true, value: { json: { schedule: "lisbon-watch-lisbon-example-com" } } });
    expect(asked).toMatchObject([
      {
        line: "POST /v2/schedules/https://lisbon.example.com/watch/tick",
        headers: {
          authorization: "Bearer qstash-token",
          "upstash-cron": "*/2 * * * *",
          "upstash-schedule-id": "lisbon-watch-lisbon-example-com",
          "upstash-retries": "0",
        },
      },
    ]);
  });
});
