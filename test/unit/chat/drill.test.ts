import { describe, expect, it } from "vitest";
import { INJECTED_FAULTS } from "../../../src/domain/injected-fault.ts";
import { answers, route, spine } from "../../support/spine.ts";

const kinds = { unreachable: "unreachable", server_error: "server_error", silent: "timed_out" } as const;

describe.each(INJECTED_FAULTS)("a route that a drill makes %s", (fault) => {
  it.each([false, true])("fails as an ill one would, and its provider is not asked (streamed: %s)", async (stream) => {
    const asked: string[] = [];
    const well = (name: string) => () => {
      asked.push(name);
      return answers();
    };
    const at = spine({
      routes: [route("hot/a/one"), route("hot/b/two")],
      providers: { "a.test": well("a"), "b.test": well("b") },
      faults: { "hot/a/one": fault },
    });
    await at.ask(stream ? { stream } : {});

    expect(asked).not.toContain("a");
    expect(at.trail.all()[0]).toMatchObject({ routeId: "hot/a/one", result: kinds[fault] });
    expect(asked).toContain("b");
  });
});
