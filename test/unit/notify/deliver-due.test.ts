import { describe, expect, it } from "vitest";
import { deliverDue } from "../../../src/notify/deliver-due.ts";
import type { SendOutcome } from "../../../src/notify/send-request.ts";
import { FakeClock } from "../breaker/support.ts";
import { noticeOf, OutboxStage, SECOND, SLACK, START } from "./support.ts";

const arrived: SendOutcome = { kind: "arrived" };

/** The stage's outbox with a clock whose timers run. */
function stageOf(targets: number) {
  const stage = new OutboxStage({
    targets: Array.from({ length: targets }, (_none, place) => ({
      kind: "webhook",
      url: `https://hook-${place}.test/`,
    })),
  });
  const clock = new FakeClock(START);
  const follow = { now: () => (stage.now = clock.now()), after: (ms: number, run: () => void) => clock.after(ms, run) };
  return { stage, clock, follow };
}

async function gathered(stage: OutboxStage, clock: FakeClock, keys: number): Promise<void> {
  for (let key = 0; key < keys; key++) stage.raise(noticeOf({ key: String(key) }));
  await clock.advance(2 * SECOND);
  stage.now = clock.now();
}

describe("a round of deliveries", () => {
  it("has at most as many sends under way as the platform has connections", async () => {
    const { stage, clock, follow } = stageOf(9);
    await gathered(stage, clock, 1);
    let [under, most] = [0, 0];
    const round = deliverDue(stage.outbox, {
      clock: follow,
      send: async () => {
        under += 1;
        most = Math.max(most, under);
        await new Promise<void>((resolve) => clock.after(SECOND, resolve));
        under -= 1;
        return arrived;
      },
    });
    await clock.advance(20 * SECOND);
    await round;

    expect(most).toBe(6);
    expect(stage.outbox.targetsDue()).toEqual([]);
  });

  it("brings what is raised while a target hangs to the others within a second", async () => {
    const { stage, clock, follow } = stageOf(2);
    await gathered(stage, clock, 1);
    const arrivedAtMs: number[] = [];
    const round = deliverDue(stage.outbox, {
      clock: follow,
      send: async ({ delivery }) => {
        if (delivery.target === "webhook hook-0.test")
          await new Promise<void>((resolve) => clock.after(9 * SECOND, resolve));
        else arrivedAtMs.push(clock.now() - START);
        return arrived;
      },
    });
    await clock.advance(SECOND);
    stage.raise(noticeOf({ key: "0", closes: true }));
    await clock.advance(30 * SECOND);
    await round;

    expect(arrivedAtMs[0]).toBe(2 * SECOND);
    expect(arrivedAtMs[1]).toBeGreaterThanOrEqual(3 * SECOND);
    expect(arrivedAtMs[1]).toBeLessThanOrEqual(4 * SECOND);
  });

  it("sends no more than the free plan allows, and leaves the rest due", async () => {
    const { stage, clock, follow } = stageOf(1);
    await gathered(stage, clock, 45);
    const sent: string[] = [];
    const send = async ({ message }: { readonly message: { readonly id: string } }) => {
      sent.push(message.id);
      return arrived;
    };
    await deliverDue(stage.outbox, { clock: follow, send });
    expect(sent).toHaveLength(40);
    expect(stage.outbox.nextDueMs()).toBeLessThanOrEqual(stage.now);

    await deliverDue(stage.outbox, { clock: follow, send });
    expect(new Set(sent).size).toBe(45);
  });

  it("ends after a minute though a target is slow and has more, which stays due", async () => {
    const { stage, clock, follow } = stageOf(1);
    await gathered(stage, clock, 30);
    let sends = 0;
    const round = deliverDue(stage.outbox, {
      clock: follow,
      send: async () => {
        sends += 1;
        await new Promise<void>((resolve) => clock.after(9 * SECOND, resolve));
        return arrived;
      },
    });
    await clock.advance(70 * SECOND);
    await round;

    expect(sends).toBe(7);
    expect(stage.outbox.targetsDue()).toEqual(["webhook hook-0.test"]);
  });

  it("tells the message that came first first", async () => {
    const stage = new OutboxStage();
    stage.raise(noticeOf({ key: "a", title: "first" }));
    stage.raise(noticeOf({ key: "a", title: "last", closes: true }));

    expect(stage.sent(SLACK).map(({ notice }) => notice.title)).toEqual(["first", "last"]);
  });
});
