import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countedFamilies } from "../../../src/http/metric-families.ts";
import { mayScrape, metrics } from "../../../src/http/metrics.ts";
import { prometheusText } from "../../../src/http/prometheus-text.ts";
import type { WorkerDeps } from "../../../src/worker-deps.ts";
import { bareSettings } from "../../support/bare-settings.ts";
import { ADMIN_KEY } from "../../support/operator-deps.ts";
import { type ReadMetrics, type ReadSample, readMetrics } from "../../support/read-metrics.ts";
import { FIRST, SECOND, toldMetrics } from "../../support/told-metrics.ts";

async function scraped(deps: WorkerDeps): Promise<ReadMetrics> {
  const response = await metrics(new Request("https://lisbon.test/metrics"), deps, "r");
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return readMetrics(await response.text());
}

function away(): never {
  throw new Error("away");
}

function find({ samples }: ReadMetrics, name: string, labels: Record<string, string> = {}): readonly ReadSample[] {
  const matches = (one: ReadSample): boolean =>
    Object.entries(labels).every(([label, text]) => one.labels[label] === text);
  return samples.filter((one) => one.name === name && matches(one));
}

function value(from: ReadMetrics, name: string, labels: Record<string, string> = {}): number | undefined {
  return find(from, name, labels)[0]?.value;
}

describe("GET /metrics", () => {
  it("has a help and a type for every family, counters that say so, and histograms that are whole", async () => {
    const read = await scraped(toldMetrics());
    expect(read.types.size).toBeGreaterThan(15);
    for (const [name, type] of read.types) {
      expect(name).toMatch(/^(?:gen_ai_client|lisbon)_[a-z_]+$/);
      expect(read.helps.get(name)).toBeTruthy();
      expect(name.endsWith("_total")).toBe(type === "counter");
      if (type !== "histogram") continue;
      for (const { labels, value: count } of find(read, `${name}_count`)) {
        const buckets = find(read, `${name}_bucket`, labels).filter(
          (one) => Object.keys(one.labels).length === Object.keys(labels).length + 1,
        );
        const counts = buckets.map((one) => one.value);
        expect(counts).toEqual(counts.toSorted((left, right) => left - right));
        expect(buckets.at(-1)).toMatchObject({ labels: { le: "+Inf" }, value: count });
      }
    }
  });

  it("names attempts as OpenTelemetry does: whole ones and failures by their length, streams by their first words", async () => {
    const read = await scraped(toldMetrics());
    const common = { gen_ai_operation_name: "chat", gen_ai_provider_name: "anthropic" };
    const duration = "gen_ai_client_operation_duration_seconds";
    expect(find(read, `${duration}_sum`)).toEqual([
      {
        name: `${duration}_sum`,
        labels: { ...common, gen_ai_request_model: FIRST.model, lisbon_route: FIRST.id, error_type: "overloaded" },
        value: 0.05,
      },
      {
        name: `${duration}_sum`,
        labels: { ...common, gen_ai_request_model: SECOND.model, lisbon_route: SECOND.id },
        value: 300.82,
      },
    ]);
    const bucket = (le: string) => value(read, `${duration}_bucket`, { le, lisbon_route: SECOND.id });
    expect(["0.64", "1.28", "81.92", "+Inf"].map(bucket)).toEqual([0, 1, 1, 2]);
    expect(value(read, "gen_ai_client_operation_time_to_first_chunk_seconds_sum")).toBe(0.005);
    expect(value(read, "gen_ai_client_token_usage_sum", { gen_ai_token_type: "input" })).toBe(36);
    expect(value(read, "gen_ai_client_token_usage_sum", { gen_ai_token_type: "output" })).toBe(270);
  });

  it("gives providers the names that the convention has for them", () => {
    expect(["google", "aws-bedrock", "mistral", "xai", "openai", "constructor"].map(nameInMetrics)).toEqual([
      "gcp.gemini",
      "aws.bedrock",
      "mistral_ai",
      "x_ai",
      "openai",
      "constructor",
    ]);
  });

  it("has calls by outcome, jobs, budgets without users', and who is paused", async () => {
    const read = await scraped(toldMetrics());
    expect(value(read, "lisbon_calls_total", { outcome: "answered", detail: "hot" })).toBe(3);
    expect(value(read, "lisbon_calls_total", { outcome: "refused", detail: "providers_failed" })).toBe(1);
    expect(value(read, "lisbon_calls_saved_total")).toBe(1);
    expect(value(read, "lisbon_queue_depth")).toBe(3);
    expect(value(read, "lisbon_queue_oldest_seconds")).toBe(90);
    expect(value(read, "lisbon_jobs", { state: "dead" })).toBe(4);
    expect(find(read, "lisbon_budget_used_ratio")).toMatchObject([{ labels: { scope: "all" }, value: 0.1 }]);
    expect(value(read, "lisbon_paused", { scope: "openai" })).toBe(1);
    expect(value(read, "lisbon_paused", { scope: "all" })).toBe(0);
  });

  it("goes on without a part that is away, and says which", async () => {
    const read = await scraped(toldMetrics({ jobIndex: away }));
    expect(find(read, "lisbon_queue_depth")).toEqual([]);
    expect(find(read, "lisbon_part_up").map(({ labels, value: up }) => [labels["part"], up])).toEqual([
      ["counts", 1],
      ["board", 1],
      ["jobs", 0],
      ["ledger", 1],
    ]);
  });

  it.each([
    [{ adminKey: ADMIN_KEY, metricsToken: "scrape-me" }, "scrape-me", null],
    [{ adminKey: ADMIN_KEY, metricsToken: "scrape-me" }, ADMIN_KEY, null],
    [{ adminKey: null, metricsToken: "scrape-me" }, "scrape-me", null],
    [{ adminKey: ADMIN_KEY, metricsToken: null }, "", "admin_only"],
    [{ adminKey: ADMIN_KEY, metricsToken: "scrape-me" }, "", "admin_only"],
    [{ adminKey: ADMIN_KEY, metricsToken: "scrape-me" }, "guess", "admin_only"],
    [{ adminKey: null, metricsToken: null }, "", "not_configured"],
  ])("with %j and the bearer %j is refused as %j", (settings, bearer, refused) => {
    const request = new Request("https://lisbon.test/metrics", { headers: { authorization: `Bearer ${bearer}` } });
    const allowed = mayScrape(request, { settings: { ...bareSettings, ...settings } });
    expect(allowed.ok ? null : allowed.failure.kind).toBe(refused);
  });
});

describe("Prometheus' text", () => {
  it("brings every label value back as it was", () => {
    const letter = fc.constantFrom("\\", '"', "\n", "n", "{", "}", ",", "=", " ", "é", "x");
    const texts = fc.string({ unit: letter, maxLength: 12 });
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const samples = [{ labels: { one, other }, value: 1 }];
        const text = prometheusText([{ name: "some_name", help: "A \\ help.", type: "gauge", samples }]);
        expect(readMetrics(text).samples).toEqual([{ name: "some_name", labels: { one, other }, value: 1 }]);
      }),
    );
  });
});

function nameInMetrics(provider: string): string | undefined {
  const [opened] = countedFamilies({}, [{ ...FIRST, provider }]).filter(({ name }) =>
    name.endsWith("breaker_opened_total"),
  );
  return opened?.samples[0]?.labels["gen_ai_provider_name"];
}
