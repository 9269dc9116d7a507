import { describe, expect, it } from "vitest";
import { answers, route, spine } from "../../support/spine.ts";

const INSTEAD = {
  unreachable: "unreachable",
  server_error: "server_error",
  overloaded: "overloaded",
  "rate_limited:20": "rate_limited",
  silent: "timed_out",
  empty: "empty_answer",
} as const;

describe.each(Object.entries(INSTEAD))("a route that a drill makes %s", (fault, result) => {
  it.each([false, true])("fails as an ill one would, and its provider is not asked (streamed: %s)", async (stream) => {
    const { at, asked } = twoRoutes({ "hot/a/one": fault }, stream);
    await at.ask(stream ? { stream } : {});

    expect(asked).not.toContain("a");
    expect(asked).toContain("b");
    expect(at.trail.all()[0]).toMatchObject({ routeId: "hot/a/one", result });
  });
});

describe("a fault between the provider and us", () => {
  it("keeps an answer back for as long as it says", async () => {
    const { at, asked } = twoRoutes({ "hot/a/one": "slow:3000" }, false);
    const began = at.clock.now();
    await at.ask();

    expect(asked).toEqual(["a"]);
    expect(at.clock.now() - began).toBe(3_000);
  });

  it.each(["cut:30", "stall:30"])("%s ends a stream before its first words: the next route answers", async (fault) => {
    const { at, asked } = twoRoutes({ "hot/a/one": fault }, true);
    await at.ask({ stream: true });

    expect(new Set(asked)).toEqual(new Set(["a", "b"]));
  });

  it("cut ends an answer that is not streamed in its middle", async () => {
    const { at, asked } = twoRoutes({ "hot/a/one": "cut" }, false);
    await at.ask();

    expect(new Set(asked)).toEqual(new Set(["a", "b"]));
  });

  it("garbage is an answer that nobody can read", async () => {
    const { at, asked } = twoRoutes({ "hot/a/one": "garbage" }, false);
    await at.ask();

    expect(asked).toEqual(["b"]);
  });
});

describe("a share of the attempts", () => {
  it.each([
    ["server_error;share=51", ["b"]],
    ["server_error;share=50", ["a"]],
    ["of another version", ["a"]],
  ])("of %s meets the fault where chance says 0.5: %j is asked", async (fault, expected) => {
    const { at, asked } = twoRoutes({ "hot/a/one": fault }, false);
    await at.ask();

    expect(asked).toEqual(expected);
  });
});

function wholeStream(): Response {
  const choices = [{ index: 0, delta: { role: "assistant", content: "hello" }, finish_reason: "stop" }];
  const chunk = JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "m", choices });
  return new Response(`data: ${chunk}\n\ndata: [DONE]\n\n`, { headers: { "content-type": "text/event-stream" } });
}

function twoRoutes(faults: Record<string, string>, stream: boolean) {
  const asked: string[] = [];
  const well = (name: string) => () => {
    asked.push(name);
    // The next one's stream, which needs workerd, is not what this is about.
    return stream && name === "a" ? Promise.resolve(wholeStream()) : answers();
  };
  const at = spine({
    routes: [route("hot/a/one"), route("hot/b/two")],
    providers: { "a.test": well("a"), "b.test": well("b") },
    faults,
  });
  return { at, asked };
}
