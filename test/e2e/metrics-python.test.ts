/** Prometheus' own Python client reads what `/metrics` writes, and understands the same as our tests do. */
import { spawnSync } from "node:child_process";
import { beforeAll, expect, it } from "vitest";
import { metrics } from "../../src/http/metrics.ts";
import { pythonWithClients } from "../support/python.ts";
import { readMetrics } from "../support/read-metrics.ts";
import { toldMetrics } from "../support/told-metrics.ts";

let python: string | null;

beforeAll(async () => {
  python = await pythonWithClients();
}, 240_000);

it("every family with its type, every sample with its labels and its value", async ({ skip }) => {
  if (python === null) {
    skip();
    return;
  }
  const response = await metrics(new Request("https://lisbon.test/metrics"), toldMetrics(), "r");
  const text = await response.text();
  const { stdout, stderr } = spawnSync(python, ["test/python/read_metrics.py"], { input: text, encoding: "utf8" });
  expect(stderr).toBe("");
  const families: { name: string; type: string; samples: [string, Record<string, string>, string][] }[] =
    JSON.parse(stdout);

  const { samples, types } = readMetrics(text);
  // Its families' names are without a counter's suffix.
  expect(families.map(({ name, type }) => [type === "counter" ? `${name}_total` : name, type])).toEqual([...types]);
  expect(
    families.flatMap((family) => family.samples.map(([name, labels, value]) => [name, labels, Number(value)])),
  ).toEqual(samples.map(({ name, labels, value }) => [name, labels, value]));
});
