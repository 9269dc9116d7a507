import { describe, expect, it } from "vitest";
import { answers, route, silent, spine } from "../../support/spine.ts";

const hotA = route("hot/a/one");
const hotB = route("hot/b/two");
const everyRoute = [hotA, hotB, route("warm/c/three"), route("warm/d/four")];

describe("clocks", () => {
  it.each([
    { stream: false, by: 20_000 },
    { stream: true, by: 20_000 },
  ])("let the second route answer before 20 s when the first is silent (stream: $stream)", async ({ stream, by }) => {
    const asked: number[] = [];
    const at = spine({
      routes: everyRoute,
      providers: {
        "a.test": silent,
        "b.test": () => {
          asked.push(at.clock.now() - began);
          return answers();
        },
      },
    });
    const began = at.clock.now();

    await at.ask({ stream });

    expect(asked[0]).toBeLessThan(by);
    expect(at.trail.all()[0]).toMatchObject({ result: "timed_out" });
  });

  it("give the last candidate all that is left, and then the call ends at its deadline", async () => {
    const at = spine({ routes: [hotA, hotB], providers: { "a.test": silent, "b.test": silent } });
    const began = at.clock.now();

    const reply = await at.ask();

    expect(at.clock.now() - began).toBe(30_000);
    expect(reply).toMatchObject({
      ok: false,
      failure: { kind: "deadline_exceeded", failures: ["timed_out", "timed_out"] },
    });
  });

  it("end an unstreamed answer whose body never comes", async () => {
    const at = spine({ routes: [hotA, hotB], providers: { "a.test": hangs, "b.test": () => answers() } });

    const reply = await at.ask();

    expect(reply.ok).toBe(true);
    expect(at.trail.all()[0]).toMatchObject({ result: "timed_out", ms: 18_000 });
  });
});

/** Sends headers, and never a body. */
function hangs({ signal }: { readonly signal: AbortSignal }): Promise<Response> {
  const body = new ReadableStream({
    start(controller) {
      signal.addEventListener("abort", () => controller.error(new Error("aborted")));
    },
  });
  return Promise.resolve(new Response(body));
}
