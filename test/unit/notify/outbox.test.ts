import { describe, expect, it } from "vitest";
import { failed, HOUR, jobId, MINUTE, noticeOf, OutboxStage, person, SECOND, SLACK, START } from "./support.ts";

function parked(number: number) {
  return noticeOf({ jobIds: [jobId(number)] });
}

const opened = noticeOf({ kind: "circuit_opened", key: "circuit:a", title: "A is out" });
const closed = noticeOf({ kind: "circuit_closed", key: "circuit:a", title: "A is back", closes: true });

describe("a burst of the same notice", () => {
  it("becomes one message after 2 s, with a count and the first ten jobs", () => {
    const stage = new OutboxStage();
    for (let number = 0; number < 1000; number++) stage.raise(parked(number));
    expect(stage.sent()).toEqual([]);

    stage.pass(2 * SECOND);
    const messages = stage.sent();
    expect(messages).toMatchObject([{ count: 1000, jobs: 1000, repeats: false }]);
    expect(messages[0]?.notice.jobIds).toEqual(Array.from({ length: 10 }, (_none, number) => jobId(number)));
  });

  it("is due at 2 s by the alarm, without being asked", () => {
    const stage = new OutboxStage();
    stage.raise(parked(0));
    stage.pass(SECOND);
    stage.raise(parked(1));

    expect(stage.outbox.nextDueMs()).toBe(START + 2 * SECOND);
  });
});

describe("the same notice again", () => {
  it("is told once at the window's end, with the count of what came since", () => {
    const stage = new OutboxStage();
    stage.raise(parked(0));
    stage.pass(2 * SECOND);
    expect(stage.sent()).toHaveLength(1);

    for (let minute = 1; minute < 60; minute++) {
      stage.pass(MINUTE - SECOND / 10);
      stage.raise(parked(minute));
      expect(stage.sent()).toEqual([]);
    }
    expect(stage.outbox.nextDueMs()).toBe(START + 2 * SECOND + HOUR);
    stage.pass(MINUTE);
    stage.pass(10 * SECOND);
    expect(stage.sent()).toMatchObject([{ count: 59, jobs: 59, repeats: true }]);
  });

  it("is a first one again after a window in which nothing came", () => {
    const stage = new OutboxStage();
    stage.raise(parked(0));
    stage.pass(2 * SECOND);
    stage.sent();
    stage.pass(3 * HOUR);
    stage.raise(parked(1));
    stage.pass(2 * SECOND);

    expect(stage.sent()).toMatchObject([{ count: 1, repeats: false }]);
  });

  it("goes out within the window where it is a further reminder", () => {
    const stage = new OutboxStage();
    const counts = [1, 2, 2].map((reminders) => {
      stage.raise(noticeOf({ kind: "job_overdue", key: "overdue", reminders }));
      stage.pass(10 * MINUTE);
      return stage.sent().length;
    });

    expect(counts).toEqual([1, 1, 0]);
  });

  it("of another key knows nothing of it", () => {
    const stage = new OutboxStage();
    stage.raise(noticeOf({ key: "one" }), noticeOf({ key: "two" }));
    stage.pass(2 * SECOND);

    expect(stage.sent().map(({ notice }) => notice.key)).toEqual(["one", "two"]);
  });
});

describe("a closing notice", () => {
  it("is sent at once with the time it was open, and ends the window", () => {
    const stage = new OutboxStage();
    stage.raise(opened);
    stage.pass(2 * SECOND);
    stage.sent();
    stage.pass(MINUTE);
    stage.raise(closed);
    expect(stage.sent()).toMatchObject([{ openForMs: MINUTE + 2 * SECOND, notice: { title: "A is back" } }]);

    stage.raise(opened);
    stage.pass(2 * SECOND);
    expect(stage.sent()).toMatchObject([{ repeats: false, notice: { title: "A is out" } }]);
  });

  it("says how many came since the last message", () => {
    const stage = new OutboxStage();
    stage.raise(opened);
    stage.pass(2 * SECOND);
    stage.sent();
    stage.raise(opened, opened, opened, closed);

    expect(stage.sent()).toMatchObject([{ count: 4, notice: { closes: true } }]);
  });

  it("of something that was never told is swallowed", () => {
    const stage = new OutboxStage();
    stage.raise(closed);
    stage.pass(HOUR);

    expect(stage.sent()).toEqual([]);
    expect(stage.outbox.nextDueMs()).toBeNull();
  });

  it("does not swallow an opening of less than 2 s: both are told, in their order", () => {
    const stage = new OutboxStage();
    stage.raise(opened);
    stage.pass(SECOND);
    stage.raise(closed);

    expect(stage.sent().map(({ notice, openForMs }) => [notice.title, openForMs])).toEqual([
      ["A is out", null],
      ["A is back", SECOND],
    ]);
  });

  it("follows up on what was told a month ago", () => {
    const stage = new OutboxStage();
    stage.raise(opened);
    stage.pass(2 * SECOND);
    stage.sent();
    stage.pass(31 * 24 * HOUR);
    stage.outbox.flush();
    stage.raise(closed);

    expect(stage.sent()).toHaveLength(1);
  });
});

describe("a message that does not arrive", () => {
  it("is tried at once and then after 5 s, 30 s, 2, 10, 30 min, 1 and 2 h, and then given up and logged", () => {
    const stage = new OutboxStage();
    stage.raise(noticeOf());
    stage.pass(2 * SECOND);
    const waits: number[] = [];
    for (let tries = 0; stage.sent(SLACK, failed).length > 0; tries++) {
      const dueMs = stage.deliveries()[0]?.dueAtMs ?? null;
      if (dueMs === null || tries > 20) break;
      waits.push(dueMs - stage.now);
      stage.now = dueMs;
    }
    expect(waits).toEqual([5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR]);
    expect(stage.deliveries()).toMatchObject([{ state: "given_up", attempts: 8, detail: "status 500" }]);
    expect(stage.logged.at(-1)).toMatchObject({ event: "notice_given_up", target: SLACK, attempts: 8 });
  });

  it("heeds a Retry-After that is longer, up to 2 h", () => {
    const stage = new OutboxStage();
    stage.raise(noticeOf());
    stage.pass(2 * SECOND);
    stage.sent(SLACK, { ...failed, retryAfterMs: 40 * SECOND });
    expect(stage.deliveries()[0]?.dueAtMs).toBe(stage.now + 40 * SECOND);

    stage.pass(40 * SECOND);
    stage.sent(SLACK, { ...failed, retryAfterMs: 24 * HOUR });
    expect(stage.deliveries()[0]?.dueAtMs).toBe(stage.now + 2 * HOUR);
  });

  it("is given up at once where the target wants nothing any more", () => {
    const stage = new OutboxStage();
    stage.raise(noticeOf());
    stage.pass(2 * SECOND);
    stage.sent(SLACK, { ...failed, final: true });

    expect(stage.deliveries()).toMatchObject([{ state: "given_up", attempts: 1 }]);
  });

  it("spares its target the others that wait, and costs them no try", () => {
    const stage = new OutboxStage();
    stage.raise(noticeOf({ key: "one" }), noticeOf({ key: "two" }));
    stage.pass(2 * SECOND);
    expect(stage.sent(SLACK, failed)).toHaveLength(1);

    expect(stage.deliveries()).toMatchObject([{ attempts: 1 }, { attempts: 0, dueAtMs: stage.now + 5 * SECOND }]);
  });

  it("holds up no other target", () => {
    const stage = new OutboxStage({
      targets: [
        { kind: "slack", url: "https://hooks.slack.com/services/T/B/x" },
        { kind: "email", to: "ops@example.com" },
      ],
    });
    stage.raise(noticeOf());
    stage.pass(2 * SECOND);
    stage.sent(SLACK, failed);

    expect(stage.sent("email ops@example.com")).toHaveLength(1);
  });
});

describe("an eviction", () => {
  it("between raising and sending loses nothing, not even the count", () => {
    const stage = new OutboxStage();
    stage.raise(parked(0), parked(1));
    stage.outbox = stage.opened();
    stage.raise(parked(2));
    stage.pass(2 * SECOND);

    expect(stage.sent()).toMatchObject([{ count: 3 }]);
  });

  it("in the middle of a send means a second try under the same id", () => {
    const stage = new OutboxStage();
    stage.raise(parked(0));
    stage.pass(2 * SECOND);
    stage.outbox.flush();
    const lost = stage.outbox.nextDue(SLACK);
    stage.outbox = stage.opened();

    expect(stage.sent().map(({ id }) => id)).toEqual([lost?.message.id]);
  });
});

describe("a target that is not configured", () => {
  it("is a result, logged once whatever follows, and never tried again", () => {
    const stage = new OutboxStage();
    for (const key of ["one", "two", "three"]) stage.raise(noticeOf({ key }));
    stage.pass(2 * SECOND);
    stage.sent(SLACK, { kind: "not_configured", detail: "LISBON_SIGNING_SECRET is missing" });
    stage.outbox = stage.opened();
    stage.raise(noticeOf({ key: "four" }));
    stage.pass(2 * SECOND);
    stage.sent(SLACK, { kind: "not_configured", detail: "LISBON_SIGNING_SECRET is missing" });

    expect(stage.deliveries().map(({ state }) => state)).toEqual(Array.from({ length: 4 }, () => "not_configured"));
    expect(stage.logged.filter(({ event }) => event === "notice_target_not_configured")).toHaveLength(1);
  });

  it("is not needed at all: without targets a notice is logged, and kept for the operator", () => {
    const stage = new OutboxStage({ targets: [] });
    stage.raise(noticeOf());
    stage.pass(2 * SECOND);
    stage.outbox.flush();

    expect(stage.logged.map(({ event }) => event)).toEqual(["notice", "notice_no_targets"]);
    expect(stage.outbox.overview().messages).toMatchObject([{ kind: "cold", deliveries: [] }]);
  });
});

describe("an overdue notice", () => {
  const onCall = [person("ana", "Europe/Lisbon", null), person("bo", "America/New_York", null, "pager 12")];

  it("is also sent to whoever is on call, where that is an e-mail address", () => {
    const stage = new OutboxStage({ onCall });
    stage.raise(noticeOf({ kind: "job_overdue", key: "late" }));
    stage.pass(2 * SECOND);
    stage.outbox.flush();

    expect(stage.outbox.targetsDue().toSorted()).toEqual(["email ana@example.com", SLACK]);
  });

  it("passes over the people who did not heed it", () => {
    const stage = new OutboxStage({ onCall });
    stage.raise(noticeOf({ kind: "job_overdue", key: "late", reminders: 1 }));
    stage.pass(2 * SECOND);
    stage.outbox.flush();

    expect(stage.outbox.targetsDue()).toEqual([SLACK]);
    expect(stage.sent()).toMatchObject([{ onCall: { name: "bo" } }]);
  });
});

describe("what is old", () => {
  it("is erased after 7 days, by an alarm of its own", () => {
    const stage = new OutboxStage();
    stage.raise(noticeOf());
    stage.pass(2 * SECOND);
    stage.sent();
    stage.now = stage.outbox.nextDueMs() ?? 0;
    stage.outbox.flush();

    expect(stage.now - START).toBe(7 * 24 * HOUR + 2 * SECOND + 1);
    expect(stage.outbox.overview().messages).toEqual([]);
    expect(stage.outbox.nextDueMs()).toBeNull();
  });
});
