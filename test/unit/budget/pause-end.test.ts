/** How a pause ends: by a resume, or with its budget's period. */
import { describe, expect, it } from "vitest";
import { alertOf, DECEMBER, pushOf, Story } from "./pause-support.ts";

describe("a resume", () => {
  it("lifts every pause, deletes every flag, and closes each notice", () => {
    const story = new Story({ pauseScope: "provider" });
    story.alert(alertOf(85));
    story.take({ kind: "pause", provider: null, reason: "a drill" });
    story.resume();

    expect(story.paused).toEqual([]);
    expect(story.state.unwritten).toEqual([{ kind: "clear_all" }]);
    expect(story.notices.slice(2)).toMatchObject([
      { kind: "resumed", key: "pause:google", closes: true },
      { kind: "resumed", key: "pause:all", closes: true },
    ]);
  });

  it("of one provider lifts only that one, however it is written", () => {
    const story = new Story({ pauseScope: "provider" });
    story.alert(alertOf(85));
    story.alert(alertOf(85, { provider: "anthropic", source: "webhook:anthropic" }));
    story.written();
    story.resume("Gemini");

    expect(story.paused).toEqual(["anthropic"]);
    expect(story.state.unwritten).toEqual([{ kind: "clear", scope: "google" }]);
  });

  it("deletes flags in Redis that nobody has read yet", () => {
    const story = new Story();
    story.resume();

    expect(story.state.unwritten).toEqual([{ kind: "clear_all" }]);
    expect(story.told).toEqual([]);
  });

  it.each([
    [85, 85, "resumed_before"],
    [85, 94.9, "resumed_before"],
    [85, 95, "paused"],
    [95, 99.9, "resumed_before"],
    [95, 100, "paused"],
    [100, 109.9, "resumed_before"],
    [100, 110, "paused"],
    [120, 125, "resumed_before"],
  ])("at %d percent: the same budget at %d is %s", (resumedAt, later, outcome) => {
    const story = new Story();
    story.alert(alertOf(resumedAt));
    story.resume();

    expect(story.alert(alertOf(later))).toBe(outcome);
    expect(story.paused).toEqual(outcome === "paused" ? ["all"] : []);
  });

  it("counts from the latest one", () => {
    const story = new Story();
    for (const percent of [80, 90, 100]) {
      expect(story.alert(alertOf(percent))).toBe("paused");
      story.resume();
    }
    expect(story.alert(alertOf(105))).toBe("resumed_before");
  });

  it("is forgotten in a new period", () => {
    const story = new Story();
    story.alert(pushOf(85, 10));
    story.resume();

    expect(story.alert(pushOf(85, 10, "2026-12-01T08:00:00Z"))).toBe("paused");
  });

  it("says nothing about another budget", () => {
    const story = new Story({ pauseScope: "provider" });
    story.alert(alertOf(85));
    story.alert(alertOf(85, { provider: "anthropic", source: "webhook:anthropic" }));
    story.resume("google");

    expect(story.alert(alertOf(85))).toBe("resumed_before");
    story.resume("anthropic");
    expect(story.alert(alertOf(95))).toBe("paused");
  });
});

describe("a new budget period", () => {
  it("of a Cloud Billing budget lifts what its alert had set, at its first message below the threshold", () => {
    const story = new Story();
    story.alert(pushOf(85, 10));
    story.written();
    story.now = DECEMBER + 30 * 3_600_000;
    story.take({ kind: "time" });
    expect(story.paused).toEqual(["all"]);

    expect(story.alert(pushOf(1, 10, "2026-12-01T08:00:00Z"))).toBe("lifted");
    expect(story.paused).toEqual([]);
    expect(story.state.unwritten).toEqual([{ kind: "clear", scope: "all" }]);
    expect(story.told).toEqual(["paused pause:all", "resumed pause:all"]);
    expect(story.notices[1]?.why).toBe("A new budget period has begun.");
  });

  it("that is over the threshold at once lifts nothing", () => {
    const story = new Story();
    story.alert(pushOf(85, 10));

    expect(story.alert(pushOf(90, 10, "2026-12-01T08:00:00Z"))).toBe("already_paused");
    expect(story.alert(pushOf(20, 20, "2026-12-01T08:00:00Z"))).toBe("noted");
    expect(story.paused).toEqual(["all"]);
  });

  it("does not lift what another budget still holds", () => {
    const story = new Story();
    story.alert(pushOf(85, 10));
    story.alert({ ...pushOf(95, 10), source: "budget:b2" });

    expect(story.alert(pushOf(1, 10, "2026-12-01T08:00:00Z"))).toBe("noted");
    expect(story.paused).toEqual(["all"]);
    expect(story.alert({ ...pushOf(1, 10, "2026-12-01T08:00:00Z"), source: "budget:b2" })).toBe("lifted");
  });

  it("is the calendar month where the alert names none, and needs no message", () => {
    const story = new Story();
    story.alert(alertOf(85));
    story.now = DECEMBER - 1;
    story.take({ kind: "time" });
    expect(story.paused).toEqual(["all"]);

    story.now = DECEMBER;
    story.take({ kind: "time" });
    expect(story.paused).toEqual([]);
    expect(story.told).toEqual(["paused pause:all", "resumed pause:all"]);
  });

  it.each([
    ["by an operator", (story: Story) => story.take({ kind: "pause", provider: null, reason: "enough" })],
    ["by hand in Redis", (story: Story) => story.read(["all"], true)],
  ])("leaves a pause %s", (_name, set) => {
    const story = new Story();
    set(story);
    story.written();
    expect(story.alert(pushOf(85, 10))).toBe("already_paused");
    story.now = DECEMBER + 1;
    story.take({ kind: "time" });
    story.alert(pushOf(1, 10, "2026-12-01T08:00:00Z"));

    expect(story.paused).toEqual(["all"]);
  });

  it("is not declared by whoever may only pause", () => {
    const story = new Story();
    story.alert({ ...pushOf(85, 10), pauseOnly: true });

    expect(story.alert({ ...pushOf(1, 10, "2026-12-01T08:00:00Z"), pauseOnly: true })).toBe("noted");
    expect(story.paused).toEqual(["all"]);
  });
});

describe("an operator's pause", () => {
  it("is set at once, and takes over from an alert's", () => {
    const story = new Story();
    story.alert(alertOf(85));
    story.take({ kind: "pause", provider: "all-of-it", reason: "A drill." });

    expect(story.state.pauses.get("all")).toMatchObject({ by: "operator", causes: [] });
    expect(story.notices.at(-1)?.why).toContain('A drill. No route has a provider "all-of-it"');
    story.now = DECEMBER;
    story.take({ kind: "time" });
    expect(story.paused).toEqual(["all"]);
  });
});
