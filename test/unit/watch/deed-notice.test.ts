import { expect, it } from "vitest";
import { deedNotices } from "../../../src/watch/deed-notice.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const PREFERRED = { routeId: "warm/free", instead: "hot/a", untilMs: NOW + 3_600_000 };

it("what is done for several kinds at once is told once, with when it ends and how to end it, and so is its end", () => {
  const kinds = ["a", "b", "c", "d", "e", "f", "g"];
  const more = { ...PREFERRED, why: "hot/a is failing" };
  const begun = deedNotices(
    kinds.map((kind) => ({ do: "prefer_free", kind, ...more }) as const),
    NOW,
    [],
  );
  const ended = { do: "prefer_free_ended", ...PREFERRED, why: "time_is_over" } as const;
  const over = deedNotices(
    kinds.slice(0, 2).map((kind) => ({ ...ended, kind })),
    NOW,
    [],
  );

  expect(begun).toMatchObject([
    {
      kind: "watch",
      closes: false,
      title: "The watchdog has put warm/free first for a, b, c, d, e and 2 more",
      why: "hot/a is failing; by the map hot/a is first",
    },
  ]);
  expect(begun[0]?.nextAction).toContain("2026-11-21T13:00:00.000Z");
  expect(over).toMatchObject([{ closes: true, key: begun[0]?.key, title: expect.stringMatching(/for a, b$/) }]);
  const [alone] = deedNotices([{ do: "prefer_free", kind: "draft", ...more }], NOW, []);
  expect(alone?.nextAction).toContain("npx lisbon watch --release draft.");
});

it("what began at another time or for another route is told by itself, and the end of one kind is not that of all", () => {
  const begun = [{}, { instead: "hot/b" }, { untilMs: NOW + 3_700_000 }].map((other) => ({ ...PREFERRED, ...other }));
  const keys = begun.map((more) => deedNotices([{ do: "prefer_free", kind: "a", why: "", ...more }], NOW, [])[0]?.key);
  expect(new Set(keys).size).toBe(3);

  const released = { do: "prefer_free_ended", kind: "a", ...PREFERRED, why: "released" } as const;
  expect(deedNotices([released], NOW, [{ ...PREFERRED, sinceMs: NOW }])).toEqual([]);
  expect(deedNotices([released], NOW, [{ ...PREFERRED, instead: "hot/b", sinceMs: NOW }])).toMatchObject([
    { closes: true, key: keys[0] },
  ]);
});

it("a kill and a pause say that they wait for a person", () => {
  const [kill, pause] = deedNotices(
    [
      { do: "kill", routeId: "hot/a", why: "hot/a gives the same error" },
      { do: "pause", provider: "openai", why: "openai is out" },
    ],
    NOW,
    [],
  );
  expect(kill?.nextAction).toContain("npx lisbon routes revive hot/a");
  expect(pause?.nextAction).toContain("npx lisbon resume openai");
  expect(deedNotices([{ do: "kill_ended", routeId: "hot/a" }], NOW, [])).toMatchObject([
    { closes: true, key: kill?.key },
  ]);
  expect(deedNotices([{ do: "pause_ended", provider: "openai" }], NOW, [])).toMatchObject([
    { closes: true, key: pause?.key },
  ]);
});
