/** From the publisher through the local QStash to `/cold/run` and `/cold/failed`, over HTTP, with all that can be sent there. */
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ManualClock, passTime } from "../../dev/qstash/clock.ts";
import { type LocalQstash, startLocalQstash } from "../../dev/qstash/server.ts";
import { createQstashPublisher } from "../../src/jobs/qstash-publisher.ts";
import { emptyLearntLimits } from "../../src/jobs/qstash-limits.ts";
import { realClock } from "../../src/lib/clock.ts";
import { type ColdStage, coldStage, JOB_ID, KEYS } from "../support/cold-stage.ts";
import { portOf } from "../support/port-of.ts";
import { MINUTE, SECOND } from "./qstash/setup.ts";

let stage: ColdStage;
let answers: number[] = [];
let qstash: LocalQstash;
/** Signatures are judged by the real time, so each test's QStash begins there. */
let clock: ManualClock;

const server = createServer((incoming, outgoing) => {
  void buffer(incoming).then(async (body) => {
    const headers = new Headers(
      Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const response = await stage.take(new Request(`${origin()}${incoming.url}`, { method: "POST", headers, body }));
    answers.push(response.status);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
});

beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  stage = coldStage();
  answers = [];
  clock = new ManualClock();
  qstash = await startLocalQstash({ token: "token", ...KEYS, clock });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await qstash.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
});

function origin(): string {
  return `http://127.0.0.1:${portOf(server)}`;
}

async function publish(dispatch: number): Promise<void> {
  const publisher = createQstashPublisher({
    settings: { url: qstash.url, token: qstash.token },
    cold: { queue: "cold", parallelism: 4 },
    learnt: emptyLearntLimits(),
    clock: realClock,
    tell: () => undefined,
  });
  expect(await publisher.publish({ jobId: JOB_ID, dispatch, notBeforeMs: null, origin: origin() })).toMatchObject({
    ok: true,
  });
  await qstash.settled();
}

describe("a delivery", () => {
  it("runs its job's dispatch", async () => {
    await publish(3);

    expect(stage.asked).toEqual([JOB_ID, "run 3"]);
    expect(answers).toEqual([200]);
  });

  it("is taken with the next key after a rotation, and refused after two", async () => {
    const client = { method: "POST", headers: { authorization: "Bearer token" } };
    await fetch(`${qstash.url}/v2/keys/rotate`, client);
    await publish(1);
    expect(answers).toEqual([200]);

    await fetch(`${qstash.url}/v2/keys/rotate`, client);
    await publish(2);
    expect(answers).toEqual([200, 401]);
    expect(stage.asked).toEqual([JOB_ID, "run 1"]);
  });

  it.each(["unsigned", "forge", "tamper", "other-url"] as const)(
    "that is %s gets 401 and touches nothing; the true one behind it runs",
    async (fault) => {
      qstash.setFault({ fault, times: 1 });
      await publish(1);

      expect(answers).toEqual([401, 200]);
      expect(stage.asked).toEqual([JOB_ID, "run 1"]);
    },
  );

  it.each([
    [-6 * MINUTE - 2 * SECOND, 401],
    [-6 * MINUTE + 5 * SECOND, 200],
    [-MINUTE, 200],
    [MINUTE - 5 * SECOND, 200],
    [MINUTE + 5 * SECOND, 401],
  ])("by a clock that is %i ms off is answered %i: its five minutes, and one for the clocks", async (ms, status) => {
    qstash.setFault({ fault: "skew", ms, times: 1 });
    await publish(1);

    expect(answers).toEqual([status]);
    expect(stage.asked).toEqual(status === 200 ? [JOB_ID, "run 1"] : []);
  });

  it.each(["replay", "twice", "again"] as const)(
    "that comes a second time (%s) is the job's to judge",
    async (fault) => {
      qstash.setFault({ fault, times: 1 });
      await publish(1);
      await passTime(clock, SECOND, () => qstash.settled());

      expect(answers).toEqual([200, 200]);
      expect(stage.asked).toEqual([JOB_ID, "run 1", JOB_ID, "run 1"]);
    },
  );

  it("comes again after 10 s where the job's object could not be reached", async () => {
    const lost = new Error("Network connection lost.");
    stage.job = { deliver: () => Promise.reject(lost) };
    await publish(1);
    expect(answers).toEqual([503]);
    expect(stage.bugs).toEqual([lost]);

    stage.job = {};
    await passTime(clock, 10 * SECOND, () => qstash.settled());
    expect(answers).toEqual([503, 200]);
    expect(stage.asked.at(-1)).toBe("run 1");
  });

  it("that is given up tells its job, by a signed callback", async () => {
    stage.job = { deliver: () => Promise.reject(new Error("away")) };
    await publish(7);
    await passTime(clock, MINUTE, () => qstash.settled());

    expect(answers).toEqual([503, 503, 503, 503, 200]);
    expect(stage.asked.at(-1)).toBe("failed 7");
  });

  it("that is given up comes again where the job cannot be told either", async () => {
    stage.job = {
      deliver: () => Promise.reject(new Error("away")),
      transportFailed: () => Promise.reject(new Error("away")),
    };
    await publish(7);
    await passTime(clock, 30 * SECOND, () => qstash.settled());
    expect(answers).toEqual([503, 503, 503, 503, 503]);

    stage.job = {};
    await passTime(clock, 10 * SECOND, () => qstash.settled());
    expect(answers.at(-1)).toBe(200);
    expect(stage.asked.at(-1)).toBe("failed 7");
  });
});
