/** The two Workers that are deployed, minified as they are uploaded: three routers, and the objects in a Worker of their own. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type IsolateStage, startIsolateStage } from "../support/isolate-stage.ts";
import { serverKey } from "../support/server-keys.ts";

const DEAD = { status: 503, body: { error: { message: "down for maintenance", type: "server_error" } } };
/** So many of its own would have opened a router's breaker without the others. */
const FAILURES_TO_OPEN = 5;
const Job = z.object({
  status: z.string(),
  answer: z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })) }).nullish(),
});

let stage: IsolateStage;

beforeAll(async () => {
  stage = await startIsolateStage({ split: true });
});

afterAll(() => stage.dispose());

describe("three routers and one state", () => {
  it("answer calls", async () => {
    for (const isolate of [0, 1, 2]) {
      expect(await stage.call(isolate, "outage")).toEqual({ status: 200, route: "first", attempts: 1 });
    }
  });

  it("see a breaker open that one router's calls have opened, and close", async () => {
    stage.illness("first", DEAD);
    for (let call = 0; call < 12; call++) await stage.call(0, "outage");

    for (const isolate of [1, 2]) {
      const asked = stage.asked("first");
      const open = { status: 200, route: "last", attempts: 1 };
      await expect.poll(() => stage.call(isolate, "outage"), { timeout: 5_000, interval: 300 }).toEqual(open);
      expect(stage.asked("first") - asked).toBeLessThan(FAILURES_TO_OPEN);
    }

    stage.illness("first", null);
    for (const isolate of [0, 1, 2]) {
      const well = { status: 200, route: "first", attempts: 1 };
      await expect.poll(() => stage.call(isolate, "outage"), { timeout: 10_000 }).toEqual(well);
    }
  });

  it("park a call at one router and show its answer at the others", async () => {
    for (const name of ["bill", "last"]) stage.illness(name, DEAD);
    const parked = await ask(0, "/v1/chat/completions", {
      model: "quota",
      messages: [{ role: "user", content: "hello, whenever you can" }],
    });
    expect(parked.status).toBe(202);
    const path = `/v1/jobs/${parked.headers.get("x-lisbon-job")}`;
    for (const name of ["bill", "last"]) stage.illness(name, null);

    await expect.poll(async () => (await jobAt(1, path)).status, { timeout: 45_000, interval: 500 }).toBe("answered");
    expect((await jobAt(2, path)).answer?.choices[0]?.message.content).toBe("hello");
  });
});

async function jobAt(isolate: number, path: string): Promise<z.infer<typeof Job>> {
  return Job.parse(await (await ask(isolate, path)).json());
}

function ask(isolate: number, path: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${serverKey()}`, "content-type": "application/json" };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  return fetch(`${stage.urls[isolate]}${path}`, init);
}
