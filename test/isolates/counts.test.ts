/** What isolates count is added up by the switchboard: on three of them, each call once, and lost replies change nothing. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { incidents as listIncidents } from "../../cli/incidents.ts";
import { review } from "../../cli/review.ts";
import type { Ending } from "../../cli/run-command.ts";
import { ADMIN, type IsolateStage, startIsolateStage } from "../support/isolate-stage.ts";
import { readMetrics } from "../support/read-metrics.ts";
import { pause } from "../support/scripted-provider.ts";

const DEAD = { status: 503, body: { error: { message: "down for maintenance", type: "server_error" } } };

const Aggregates = z.object({
  calls: z.array(z.object({ answered: z.record(z.string(), z.number()), saved: z.number() })),
  routes: z.array(
    z.object({
      id: z.string(),
      points: z.array(z.object({ answered: z.number(), failed: z.record(z.string(), z.number()) })),
    }),
  ),
});
const Incidents = z.object({
  incidents: z.array(
    z.object({ id: z.string(), routes: z.array(z.string()), kind: z.string(), calls_saved: z.number() }),
  ),
});

let stage: IsolateStage;

beforeEach(async () => {
  stage = await startIsolateStage();
});

afterEach(() => stage.dispose());

async function asked(isolate: number, path: string): Promise<unknown> {
  const response = await fetch(`${stage.urls[isolate]}${path}`, { headers: ADMIN });
  return await response.json();
}

/** Until everything that was counted has been told: at most a second after the last call. */
async function sums(isolate: number, calls: number) {
  for (;;) {
    const { calls: points, routes } = Aggregates.parse(await asked(isolate, "/admin/aggregates?span=hour"));
    const answered = points.flatMap((point) => Object.values(point.answered)).reduce((sum, one) => sum + one, 0);
    if (answered >= calls) {
      const saved = points.reduce((sum, point) => sum + point.saved, 0);
      return { answered, saved, routes: new Map(routes.map(({ id, points: of }) => [id, of])) };
    }
    await pause(100);
  }
}

describe("calls at three isolates", () => {
  it("are counted once each, with what they met, wherever somebody asks, without a further call", async () => {
    stage.illness("first", DEAD);
    const called = await Promise.all(Array.from({ length: 30 }, (_, at) => stage.call(at, "outage")));
    expect(called.every(({ route }) => route === "last")).toBe(true);
    const failures = stage.asked("first");

    const { answered, saved, routes } = await sums(1, 30);
    expect([answered, saved]).toEqual([30, 30]);
    const first = routes.get("first")?.map(({ failed }) => failed["server_error"] ?? 0) ?? [];
    expect(first.reduce((sum, one) => sum + one, 0)).toBe(failures);
    const last = routes.get("last")?.reduce((sum, point) => sum + point.answered, 0);
    expect(last).toBe(30);

    const response = await fetch(`${stage.urls[2]}/metrics`, { headers: ADMIN });
    const { samples } = readMetrics(await response.text());
    const count = samples.find(
      ({ name, labels }) =>
        name === "gen_ai_client_operation_duration_seconds_count" && labels["lisbon_route"] === "last",
    );
    expect(count?.value).toBe(30);
    expect((await fetch(`${stage.urls[2]}/metrics`)).status).toBe(401);

    const { incidents } = Incidents.parse(await asked(0, "/admin/incidents?since=2026-01-01"));
    expect(incidents).toMatchObject([{ routes: ["first"], kind: "server_error" }]);
    expect(incidents[0]?.calls_saved).toBeGreaterThan(0);
    expect(incidents[0]?.calls_saved).toBeLessThanOrEqual(30);

    const address = { url: stage.urls[0] ?? "", adminKey: "test-admin-key" };
    const listed = jsonOf(await listIncidents(address));
    const reviewed = jsonOf(await review(address));
    expect(listed).toMatchObject({ incidents: [{ provider: expect.any(String), ended_at: null }] });
    expect(reviewed).toMatchObject({ calls: { saved: 30 }, incidents: 1, suggestions: [] });
  });
});

function jsonOf(ending: Ending): object {
  if (!ending.ok) throw new Error(ending.failure.message);
  return ending.value.json;
}
