/** Three isolates whose Durable Object throws at every call, as in an outage of the platform. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type IsolateStage, startIsolateStage } from "../support/isolate-stage.ts";

let stage: IsolateStage;

beforeAll(async () => {
  stage = await startIsolateStage({ withoutSwitchboard: true });
});

afterAll(() => stage.dispose());

describe("without its switchboard", () => {
  it("every isolate answers", async () => {
    for (const isolate of [0, 1, 2]) {
      expect(await stage.call(isolate, "outage")).toEqual({ status: 200, route: "first", attempts: 1 });
    }
  });

  it("an isolate leaves a dead route after its own five failures", async () => {
    stage.illness("first", { status: 503, body: { error: { message: "down" } } });
    const before = stage.asked("first");
    // As few as are over before the 2 s for which it is left.
    for (let call = 0; call < 10; call++) expect((await stage.call(0, "outage")).route).toBe("last");

    expect(stage.asked("first") - before).toBe(5);
  });

  it("health still answers", async () => {
    const health = await fetch(`${stage.urls[1]}/health`);

    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: "ok" });
  });
});
