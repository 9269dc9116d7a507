/** What a look into Redis means for the copy. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pauseStateFromJson, pauseStateToJson } from "../../../src/budget/pause-state.ts";
import { alertOf, Story } from "./pause-support.ts";

describe("a flag that nobody here set", () => {
  it.each([true, false])("was set by hand, with our mark there (%s) or not", (epoch) => {
    const story = new Story();
    story.read(["all"], epoch);

    expect(story.state.pauses.get("all")).toMatchObject({ by: "hand", causes: [] });
    expect(story.told).toEqual(["paused pause:all"]);
  });

  it("is not news when it is still there", () => {
    const story = new Story();
    story.read(["google"], true);
    const before = story.state;
    story.read(["google"], true);

    expect(story.state).toBe(before);
  });
});

describe("a flag that is gone", () => {
  it("with our mark there was taken away by hand, and that counts as a resume", () => {
    const story = new Story();
    story.alert(alertOf(85));
    story.written();
    story.read([], true);

    expect(story.paused).toEqual([]);
    expect(story.told).toEqual(["paused pause:all", "resumed pause:all"]);
    expect(story.state.unwritten).toEqual([]);
    expect(story.alert(alertOf(85))).toBe("resumed_before");
  });

  it("together with our mark is lost: the copy decides, and both are written again", () => {
    const story = new Story({ pauseScope: "provider" });
    story.alert(alertOf(85));
    story.take({ kind: "pause", provider: null, reason: "enough" });
    story.written();
    story.read([], false);

    expect(story.paused).toEqual(["all", "google"]);
    expect(story.state.unwritten).toEqual([
      { kind: "set", scope: "google" },
      { kind: "set", scope: "all" },
    ]);
    expect(story.told).toHaveLength(2);
  });

  it("before it was ever written is no resume", () => {
    const story = new Story();
    story.alert(alertOf(85));
    story.read([], true);

    expect(story.paused).toEqual(["all"]);
  });

  it("of a provider that has left the map is not judged", () => {
    const story = new Story({ pauseScope: "provider" });
    story.alert(alertOf(85));
    story.written();
    const later = new Story({ providers: new Set(["anthropic"]) });
    later.state = story.state;
    later.read([], true);

    expect(later.paused).toEqual(["google"]);
  });
});

describe("a flag that is still there", () => {
  it.each([null, "google"])("after a resume that Redis has not confirmed is no new pause (%s)", (provider) => {
    const story = new Story({ pauseScope: "provider" });
    story.alert(alertOf(85));
    story.written();
    story.resume(provider);
    story.read(["google"], true);

    expect(story.paused).toEqual([]);
  });
});

describe("our mark", () => {
  it("is written into a Redis that has none, so that a later deletion is understood", () => {
    const story = new Story();
    story.read([], false);

    expect(story.state.unwritten).toEqual([{ kind: "epoch" }]);
    story.read([], false);
    expect(story.state.unwritten).toEqual([{ kind: "epoch" }]);
  });
});

/** Whatever happens, in whatever order. */
const happenings = fc.array(
  fc.oneof(
    fc.record({
      what: fc.constant("alert" as const),
      percent: fc.float({ min: 0, max: 1000, noNaN: true }),
      provider: fc.constantFrom("gemini", "google", "claude", "nobody"),
      forecast: fc.boolean(),
      pauseOnly: fc.boolean(),
    }),
    fc.record({ what: fc.constant("pause" as const), provider: fc.constantFrom(null, "google", "nobody") }),
    fc.record({ what: fc.constant("resume" as const), provider: fc.constantFrom(null, "gemini", "nobody") }),
    fc.record({
      what: fc.constant("read" as const),
      scopes: fc.subarray(["all", "google", "anthropic"]),
      epoch: fc.boolean(),
    }),
    fc.record({ what: fc.constant("written" as const) }),
    fc.record({ what: fc.constant("days" as const), days: fc.integer({ min: 1, max: 40 }) }),
  ),
  { maxLength: 60 },
);
type Happening = typeof happenings extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

describe("in any order of alerts, hands, readings and months", () => {
  it.each(["all", "provider"] as const)(
    "with pauseScope %s every pause and every end is told, and nothing else",
    (pauseScope) => {
      fc.assert(
        fc.property(happenings, (list) => {
          const story = new Story({ pauseScope });
          const open = new Set<string>();
          for (const happening of list) {
            const told = story.notices.length;
            play(story, happening);
            for (const { kind, key } of story.notices.slice(told)) {
              if (kind === "paused") open.add(key);
              if (kind === "resumed" && !open.delete(key)) throw new Error(`${key} ended without a beginning`);
            }
            expect([...open].toSorted()).toEqual(story.paused.map((scope) => `pause:${scope}`));
          }
        }),
      );
    },
  );

  it("no reading of an emptied Redis, no forecast and no message of a token lifts a pause", () => {
    fc.assert(
      fc.property(happenings, (list) => {
        const story = new Story();
        story.alert(alertOf(85));
        story.written();
        for (const happening of list) {
          const harmless =
            (happening.what === "read" && !happening.epoch) ||
            (happening.what === "alert" && (happening.forecast || happening.pauseOnly)) ||
            happening.what === "written";
          if (harmless) play(story, happening);
        }
        expect(story.paused).toContain("all");
      }),
    );
  });

  it("what is stored comes back as it was", () => {
    fc.assert(
      fc.property(happenings, (list) => {
        const story = new Story();
        for (const happening of list) play(story, happening);

        expect(pauseStateFromJson(pauseStateToJson(story.state))).toEqual(story.state);
      }),
    );
  });
});

function play(story: Story, happening: Happening): void {
  switch (happening.what) {
    case "alert": {
      const { percent, provider, forecast, pauseOnly } = happening;
      const kind = forecast ? "forecast" : "actual";
      story.alert(alertOf(percent, { provider, kind, pauseOnly, source: `webhook:${provider}` }));
      break;
    }
    case "pause":
      story.take({ kind: "pause", provider: happening.provider, reason: "because" });
      break;
    case "resume":
      story.resume(happening.provider);
      break;
    case "read":
      story.read(happening.scopes, happening.epoch);
      break;
    case "written":
      story.written();
      break;
    case "days":
      story.now += happening.days * 86_400_000;
      break;
  }
}
