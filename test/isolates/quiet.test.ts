/** A kind whose every step has failed, at three isolates with one switchboard. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { ADMIN, type IsolateStage, startIsolateStage } from "../support/isolate-stage.ts";
import { pause } from "../support/scripted-provider.ts";

const DOWN = { status: 503, body: { error: { message: "down", type: "server_error" } } };
const REJECTS = { status: 400, body: { error: { message: "no", type: "invalid_request_error" } } };
/** Longer than a snapshot is used. */
const KNOWN_EVERYWHERE_MS = 3_200;

let stage: IsolateStage;

beforeEach(async () => {
  stage = await startIsolateStage();
});

afterEach(() => stage.dispose());

async function notices(): Promise<string[]> {
  const response = await fetch(`${stage.urls[0]}/admin/notices`, { headers: ADMIN });
  const { sent }: { sent: { kind: string }[] } = JSON.parse(await response.text());
  return sent.map(({ kind }) => kind).filter((kind) => kind.startsWith("everything"));
}

function asked(): number {
  return stage.asked("first") + stage.asked("last");
}

it("asks nobody for the next callers, lets one of them walk when its time is over, and is over for all when that is answered", async () => {
  stage.illness("first", DOWN);
  stage.illness("last", DOWN);
  for (const isolate of [0, 1, 2]) expect(await stage.call(isolate, "failing")).toMatchObject({ status: 503 });
  // Open for 2 s in this map, and so is quiet.
  await pause(500);
  await expect.poll(() => stage.call(2, "failing"), { interval: 300 }).toMatchObject({ status: 503, attempts: 0 });
  await pause(KNOWN_EVERYWHERE_MS);
  const before = asked();
  // As few as are over within the 2 s after which another may walk, on a busy machine too.
  const called = await Promise.all(Array.from({ length: 15 }, (_, at) => stage.call(at, "failing")));
  expect(called.every(({ status }) => status === 503)).toBe(true);
  // Whoever is leased the walk asks both routes, one of them twice.
  expect(asked() - before).toBeLessThanOrEqual(4);
  await expect.poll(notices).toEqual(["everything_down"]);

  stage.illness("first", null);
  let calls = 0;
  await expect.poll(async () => (await stage.call((calls += 1), "failing")).status, { interval: 100 }).toBe(200);
  await pause(KNOWN_EVERYWHERE_MS);
  for (const isolate of [0, 1, 2]) {
    await expect.poll(() => stage.call(isolate, "failing"), { timeout: 5_000 }).toMatchObject({ status: 200 });
  }
  await expect.poll(async () => (await notices()).toSorted()).toEqual(["everything_back", "everything_down"]);
});

it("is never made of requests that are rejected", async () => {
  stage.illness("first", REJECTS);
  for (let call = 0; call < 6; call++) expect(await stage.call(call, "failing")).toMatchObject({ status: 400 });
  await pause(500);

  expect(await stage.call(0, "failing")).toMatchObject({ status: 400, attempts: 1 });
});
