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

  it("give a silent first stream half of the time that is left, however long its own clocks are", async () => {
    const patient = { headersMs: 60_000, firstTokenMs: 60_000, idleMs: 15_000, maxStreamMs: 600_000, attemptMs: null };
    const slow = route("hot/a/slow", { clocks: patient });
    const at = spine({ routes: [slow, hotB], providers: { "a.test": silent }, deadlineMs: 20_000 });

    await at.ask({ stream: true });

    expect(at.trail.all()[0]).toEqual({ routeId: "hot/a/slow", result: "timed_out", ms: 10_000 });
  });

  it("blame nobody who had no fair time to answer", async () => {
    const at = spine({ routes: [hotA, hotB], providers: { "a.test": silent, "b.test": silent }, deadlineMs: 2_000 });

    const reply = await at.ask();

    expect(reply).toMatchObject({ ok: false, failure: { kind: "deadline_exceeded" } });
    expect(at.outcomes.map(({ failure }) => failure?.kind)).toEqual(["out_of_time", "out_of_time"]);
  });

  it("give the only attempt that is allowed all of the time", async () => {
    const at = spine({ routes: [hotA, hotB], providers: { "a.test": silent }, limits: { maxAttempts: 1 } });

    await at.ask();

    expect(at.trail.all()).toEqual([{ routeId: "hot/a/one", result: "timed_out", ms: 30_000 }]);
  });

  it("wait at most a second for the body of an error, whose status says most", async () => {
    const at = spine({ routes: [hotA, hotB], providers: { "a.test": hangingError, "b.test": () => answers() } });

    await at.ask();

    expect(at.trail.all()[0]).toEqual({ routeId: "hot/a/one", result: "auth_failed", status: 401, ms: 1_000 });
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

/** A 401 whose body never comes. */
async function hangingError(call: { readonly signal: AbortSignal }): Promise<Response> {
  return new Response((await hangs(call)).body, { status: 401 });
}
