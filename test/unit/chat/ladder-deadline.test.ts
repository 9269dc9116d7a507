/** However the ladder is made and whatever fails on the way, no call lasts longer than its deadline. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wait, type Clock } from "../../../src/lib/clock.ts";
import { answers, fails, type FakeProvider, refuses, route, silent, spine } from "../../support/spine.ts";

const TURNS = Array.from({ length: 9 }, (_turn, at) => ({
  role: at % 2 === 0 ? "user" : "assistant",
  content: `what was said ${at} `.repeat(30),
}));

const WAYS = {
  answers: () => answers(),
  refuses,
  silent,
  overflows: fails(400, { message: "maximum context length is 10 tokens", code: "context_length_exceeded" }),
  fails: fails(500, { message: "broken" }),
  "comes back later": fails(429, { message: "later" }, { "retry-after": "2" }),
} satisfies Record<string, FakeProvider>;

/** What a host does each time that it is asked, and after how long. */
const behaviour = fc.array(
  fc.record({
    way: fc.constantFrom(...Object.keys(WAYS).filter(isWay)),
    afterMs: fc.constantFrom(0, 1, 400, 5_000, 12_000, 40_000),
  }),
  { minLength: 1, maxLength: 4 },
);

const step = fc.record({
  step: fc.constantFrom("smaller_model", "shorter_context", "cached_answer"),
  timeoutSeconds: fc.constantFrom(1, 2, 7, 15, 120),
});

const world = fc.record({
  hosts: fc.tuple(behaviour, behaviour, behaviour, behaviour),
  ladder: fc.uniqueArray(step, { selector: (one) => one.step, maxLength: 3 }),
  deadlineSeconds: fc.constantFrom(1, 4, 30, 90),
  maxAttempts: fc.constantFrom(null, 1, 3, 9),
});

describe("the ladder", () => {
  it("never takes a call past its deadline", async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ hosts, ladder, deadlineSeconds, maxAttempts }) => {
        const names = ["a", "b", "c", "d"];
        const at = spine({
          routes: [route("hot/a/one"), route("warm/b/two"), route("smaller/c/three"), route("smaller/d/four")],
          providers: Object.fromEntries(
            names.map((name, place) => [`${name}.test`, acting(hosts[place] ?? [], () => at.clock)]),
          ),
          kinds: { work: { degrade: [...ladder, "error"], deadlineSeconds } },
          limits: { maxAttempts },
        });
        const began = at.clock.now();

        const reply = await at.ask({ model: "work", messages: TURNS });

        expect(at.clock.now() - began).toBeLessThanOrEqual(deadlineSeconds * 1000);
        if (!reply.ok)
          expect(["providers_failed", "deadline_exceeded", "context_too_long"]).toContain(reply.failure.kind);
      }),
      { numRuns: 300 },
    );
  });
});

function isWay(name: string): name is keyof typeof WAYS {
  return name in WAYS;
}

/** The last of its ways is what it does from then on. */
function acting(ways: readonly { way: keyof typeof WAYS; afterMs: number }[], clock: () => Clock): FakeProvider {
  let asked = 0;
  return async (call) => {
    const { way, afterMs } = ways[Math.min(asked++, ways.length - 1)] ?? { way: "refuses" as const, afterMs: 0 };
    await wait(clock(), afterMs, call.signal);
    if (call.signal.aborted) throw new Error("aborted");
    return await WAYS[way](call);
  };
}
