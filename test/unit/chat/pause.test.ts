import { describe, expect, it } from "vitest";
import { answers, fails, route, spine } from "../../support/spine.ts";

const hot = route("hot/a");
const warm = route("warm/b");

describe("a pause", () => {
  it("of every route: nobody is asked, and the caller is told so", async () => {
    const story = spine({ routes: [hot, warm], providers: {}, paused: [hot.id, warm.id] });

    expect(await story.ask()).toEqual({ ok: false, failure: { kind: "paused", retryAfterMs: 60_000 } });
    expect(story.trail.all()).toEqual([
      { routeId: hot.id, result: "skipped", why: "paused" },
      { routeId: warm.id, result: "skipped", why: "paused" },
    ]);
  });

  it("of one route leaves the others to answer", async () => {
    const story = spine({ routes: [hot, warm], providers: { "b.test": () => answers() }, paused: [hot.id] });

    expect(await story.ask()).toMatchObject({ ok: true });
    expect(story.trail.all()[0]).toEqual({ routeId: hot.id, result: "skipped", why: "paused" });
  });

  it("of one route, the other open: the caller is told of the pause", async () => {
    const blocked = { [warm.id]: { why: "open" as const, untilMs: 1 } };
    const story = spine({ routes: [hot, warm], providers: {}, paused: [hot.id], blocked });

    expect(await story.ask()).toMatchObject({ failure: { kind: "paused" } });
  });

  it("of one route, the other asked and failed: the caller is told of the failure", async () => {
    const providers = { "b.test": fails(500, { message: "boom" }) };
    const story = spine({ routes: [hot, warm], providers, paused: [hot.id] });

    expect(await story.ask()).toMatchObject({ failure: { kind: "providers_failed" } });
  });

  it("of a route that could not do it anyway is not what the caller is told", async () => {
    const blind = route("warm/b", { cannot: new Set(["tools"]) });
    const blocked = { [hot.id]: { why: "open" as const, untilMs: 1 } };
    const story = spine({ routes: [hot, blind], providers: {}, paused: [blind.id], blocked });
    const tools = [{ type: "function", function: { name: "f", parameters: {} } }];

    expect(await story.ask({ tools })).toMatchObject({ failure: { kind: "providers_failed" } });
  });

  it("of a killed route shows the kill switch", async () => {
    const blocked = { [hot.id]: { why: "killed" as const, untilMs: null } };
    const story = spine({ routes: [hot], providers: {}, paused: [hot.id], blocked });
    await story.ask();

    expect(story.trail.all()).toEqual([{ routeId: hot.id, result: "skipped", why: "killed" }]);
  });

  it("lets running work finish: a call that has begun goes on to its next route", async () => {
    const paused: string[] = [];
    const story = spine({
      routes: [hot, warm],
      paused,
      providers: {
        "a.test": () => {
          paused.push(hot.id, warm.id);
          return fails(503, { message: "down" })();
        },
        "b.test": () => answers(),
      },
    });

    expect(await story.ask()).toMatchObject({ ok: true });
  });
});
