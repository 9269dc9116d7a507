/** What QStash, or somebody in its name, may do to a delivery: one answer, one bill, and nothing touched by what is not QStash's. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sign } from "../../dev/qstash/signature.ts";
import type { FaultRule } from "../../dev/qstash/faults.ts";
import { answerOf, type FaultStage, QSTASH_KEYS, QUESTION_WORD, startFaultStage } from "../support/fault-stage.ts";
import { tellingAnswer } from "../support/telling-provider.ts";

let stage: FaultStage;

beforeAll(async () => {
  stage = await startFaultStage();
});

afterAll(() => stage.dispose());

/** Each is met by one delivery of a job of its own. */
const FAULTS: readonly FaultRule[] = [
  { fault: "twice" },
  { fault: "twice" },
  { fault: "again" },
  { fault: "again", ms: 500 },
  { fault: "replay" },
  { fault: "replay", ms: 500 },
  { fault: "reorder" },
  { fault: "unsigned" },
  { fault: "forge" },
  { fault: "tamper" },
  { fault: "other-url" },
  { fault: "skew", ms: 60_000 },
  { fault: "skew", ms: -60_000 },
];

describe("deliveries that come twice, late, out of order, forged, or by a clock a minute off", () => {
  it("run every job once: one answer, one bill", async () => {
    for (const fault of FAULTS) stage.qstash.setFault({ ...fault, times: 1 });
    stage.provider.setIll(true);
    const questions = [...FAULTS, null].map((_fault, place) => `${QUESTION_WORD} delivered ${place}.`);
    const jobs = await Promise.all(questions.map((question, place) => stage.park(place, question)));
    stage.provider.setIll(false);

    await expect
      .poll(() => Promise.all(jobs.map(async (jobId) => (await stage.job(jobId)).status)), { timeout: 15_000 })
      .toEqual(jobs.map(() => "answered"));
    await expect.poll(() => deliveredBy("replay").concat(deliveredBy("again")).length).toBe(2 * 4);
    await stage.qstash.settled();

    const answers = await Promise.all(jobs.map(async (jobId) => answerOf(await stage.job(jobId))));
    expect(answers).toEqual(jobs.map(() => tellingAnswer(1)));
    expect(questions.map((question) => stage.provider.bills(question))).toEqual(questions.map(() => 1));
    for (const fault of ["twice", "again", "replay", "reorder", "skew"] as const) {
      expect([fault, ...deliveredBy(fault)]).not.toContain(401);
    }
    for (const fault of ["unsigned", "forge", "tamper", "other-url"] as const) {
      expect([fault, ...deliveredBy(fault)]).toEqual([fault, 401]);
    }
  });
});

function deliveredBy(fault: string): readonly (number | null)[] {
  return stage.qstash.deliveries.filter((delivery) => delivery.fault === fault).map(({ status }) => status);
}

describe("a delivery of somebody else's", () => {
  it.each(["unsigned", "another key", "another body", "another address", "stale", "from the future"])(
    "(%s) is answered 401 and touches nothing",
    async (what) => {
      stage.qstash.setFault({ fault: "drop", times: 1 });
      stage.provider.setIll(true);
      const jobId = await stage.park(0, `${QUESTION_WORD} forged: ${what}`);
      stage.provider.setIll(false);
      const before = await stage.job(jobId);
      const bills = stage.provider.asked();

      for (const path of ["/cold/run", "/cold/failed"]) {
        expect((await deliver(path, JSON.stringify({ job: jobId, dispatch: 1 }), what)).status).toBe(401);
      }

      expect(await stage.job(jobId)).toEqual({ ...before, retry_after: expect.any(Number) });
      expect(stage.provider.asked()).toBe(bills);
    },
  );
});

async function deliver(path: string, body: string, what: string): Promise<Response> {
  const key = what === "another key" ? "sig_of_somebody_else" : QSTASH_KEYS.currentSigningKey;
  const url = what === "another address" ? `${stage.url}/cold/elsewhere` : `${stage.url}${path}`;
  // Five minutes it is good, and a minute our clocks may be apart.
  const now = Date.now() + (what === "stale" ? -362_000 : what === "from the future" ? 70_000 : 0);
  const signed = what === "another body" ? `${body} ` : body;
  const signature = sign(key, { url, body: Buffer.from(signed), now });
  const headers: Record<string, string> = what === "unsigned" ? {} : { "upstash-signature": signature };
  return await fetch(`${stage.url}${path}`, { method: "POST", headers, body });
}

describe("the log and the notices of all this", () => {
  it("hold no question, no answer, no key", () => {
    expect(stage.told.received).not.toEqual([]);
    expect(stage.logged).not.toEqual([]);
    expect(stage.leaks()).toEqual([]);
  });
});
