import { describe, expect, it } from "vitest";
import { NOVEMBER, Story, alertOf, pushOf } from "./pause-support.ts";

describe("an alert of what was spent", () => {
  it.each([80, 85, 100, 1000])("pauses everything at %d percent, and a human is told", (percent) => {
    const story = new Story();

    expect(story.alert(alertOf(percent))).toBe("paused");
    expect(story.paused).toEqual(["all"]);
    expect(story.state.unwritten).toEqual([{ kind: "set", scope: "all" }]);
    expect(story.told).toEqual(["paused pause:all"]);
    expect(story.notices[0]?.why).toBe(
      `gemini has used ${percent} percent of its budget; the threshold is 80 percent.`,
    );
  });

  it.each([0, 0.83, 79.99])("pauses nothing at %d percent", (percent) => {
    const story = new Story();

    expect(story.alert(alertOf(percent))).toBe("noted");
    expect(story.paused).toEqual([]);
    expect(story.state.unwritten).toEqual([]);
  });

  it("pauses only its provider, by the canonical name, where the map says so", () => {
    const story = new Story({ pauseScope: "provider" });

    expect(story.alert(alertOf(85, { provider: "Gemini" }))).toBe("paused");
    expect(story.paused).toEqual(["google"]);
    expect(story.state.unwritten).toEqual([{ kind: "set", scope: "google" }]);
  });

  it("of a provider that no route has pauses everything, and the notice says why", () => {
    const story = new Story({ pauseScope: "provider" });

    expect(story.alert(alertOf(85, { provider: "openai" }))).toBe("paused");
    expect(story.paused).toEqual(["all"]);
    expect(story.notices[0]?.why).toContain('No route has a provider "openai", so everything is paused');
  });

  it("is told once, however often it is repeated", () => {
    const story = new Story();
    story.alert(alertOf(85));

    for (const percent of [85, 85, 90, 120]) expect(story.alert(alertOf(percent))).toBe("already_paused");
    expect(story.told).toEqual(["paused pause:all"]);
    expect(story.state.unwritten).toHaveLength(1);
  });

  it("leaves a pause of another budget alone", () => {
    const story = new Story({ pauseScope: "provider" });
    story.alert(alertOf(85));

    expect(story.alert(alertOf(90, { provider: "claude", source: "webhook:claude" }))).toBe("paused");
    expect(story.paused).toEqual(["anthropic", "google"]);
  });
});

describe("a percentage that somebody wrote", () => {
  it("of 0.83 is 0.83 percent, and the notice says so", () => {
    const story = new Story();

    expect(story.alert(alertOf(0.83, { stated: true }))).toBe("noted");
    expect(story.told).toEqual(["alert_noted budget:webhook:gemini"]);
    expect(story.notices[0]?.why).toBe("The alert says 0.83, and that is taken as 0.83 percent, not as 83 percent.");
  });

  it("is told below the threshold too, and again only where it has grown by a step", () => {
    const story = new Story();
    for (const percent of [50, 50, 55, 59.9]) story.alert(alertOf(percent, { stated: true }));
    expect(story.told).toHaveLength(1);

    story.alert(alertOf(60, { stated: true }));
    expect(story.told).toHaveLength(2);
    expect(story.notices[1]?.why).toContain("below the threshold of 80 percent");
  });

  it("that a provider has computed is not told early in its month", () => {
    const story = new Story();
    story.alert(pushOf(0.83, 10));

    expect(story.told).toEqual([]);
  });
});

describe("a forecast", () => {
  it("is noted and told, never a pause, and told again only where it has grown", () => {
    const story = new Story();
    for (const percent of [100, 100, 150]) {
      expect(story.alert(alertOf(percent, { kind: "forecast" }))).toBe("noted");
    }

    expect(story.paused).toEqual([]);
    expect(story.told).toEqual(["alert_noted forecast:webhook:gemini", "alert_noted forecast:webhook:gemini"]);
  });

  it("in the same message does not hide what was spent", () => {
    const story = new Story();
    const push = pushOf(90, 10);

    expect(story.alert({ ...push, kind: "forecast", percentUsed: 150 })).toBe("noted");
    expect(story.alert(push)).toBe("paused");
  });
});

describe("a message that came before", () => {
  it.each([
    ["a repeat", pushOf(90, 20)],
    ["an older one of the same period", pushOf(90, 10)],
    ["one of an older period", pushOf(200, 50, "2026-10-01T07:00:00Z")],
  ])("changes nothing: %s", (_name, late) => {
    const story = new Story();
    story.alert(pushOf(50, 20));
    const before = story.state;

    expect(story.alert(late)).toBe("old");
    expect(story.state).toBe(before);
    expect(story.told).toEqual([]);
  });

  it("is not the one that makes a month a year: its period begins earlier, and it is newer", () => {
    const story = new Story();
    story.alert(pushOf(50, 20));
    const year = { ...pushOf(150, 0, "2026-01-01T08:00:00Z"), message: { id: "year", atMs: NOVEMBER } };

    expect(story.alert(year)).toBe("paused");
  });

  it("does not pause again what was resumed meanwhile", () => {
    const story = new Story();
    const push = pushOf(100, 10);
    story.alert(push);
    story.resume();

    expect(story.alert(push)).toBe("old");
    expect(story.paused).toEqual([]);
  });
});

it("keeps nothing of names that only the pausing token has said, below the threshold", () => {
  const story = new Story();
  const before = story.state;
  story.alert(alertOf(1, { provider: "spam", source: "token:spam", pauseOnly: true, stated: true }));

  expect(story.state).toBe(before);
  expect(story.told).toEqual([]);
  expect(story.alert(alertOf(90, { provider: "spam", source: "token:spam", pauseOnly: true }))).toBe("paused");
});

it("remembers only so many budgets and ids", () => {
  const story = new Story();
  for (let place = 0; place < 300; place++) story.alert({ ...pushOf(10, place), source: `budget:${place % 150}` });
  for (let place = 0; place < 300; place++) story.alert(pushOf(10, place));

  expect(story.state.sources.size).toBe(100);
  expect(story.state.sources.get("actual:budget:b1")?.seenIds).toHaveLength(20);
  expect(story.now).toBe(NOVEMBER);
});
