import { describe, expect, it } from "vitest";
import { noExclusion, PROBE } from "../../../src/breaker/exclusion.ts";
import { createBreakers } from "../../../src/breaker/isolate-breakers.ts";
import { closedRoute, noteFailure, seenFailure } from "../../../src/breaker/machine.ts";
import { FAILURE_KINDS } from "../../../src/domain/failure.ts";
import { hot, world } from "./isolate.ts";
import { failureOf, limits, seeded } from "./support.ts";

describe("a breaker that the map switches off", () => {
  it.each(FAILURE_KINDS)("opens nothing for %s, whoever saw it and however often", (kind) => {
    const off = { ...limits, enabled: false };
    const closed = { route: closedRoute, account: noExclusion };
    const after = ["one", "two", PROBE, "one", "two", "one"].reduce(
      (breaker, by, at) => noteFailure(breaker, seenFailure(failureOf(kind), hot.id, at, at, by), at, off),
      closed,
    );

    expect(after).toBe(closed);
  });

  it("lets calls through to what an earlier map opened, and not to what an operator killed", async () => {
    const { clock, switchboard, isolate } = world();
    for (let call = 0; call < 5; call++) isolate.record(hot, "server_error");
    await clock.advance(1_000);
    const { routing } = switchboard;
    const redeployed = createBreakers({
      state: isolate.state,
      switchboard: () => switchboard,
      afterReply: () => undefined,
      clock,
      random: seeded(1),
      routing: { ...routing, breaker: { ...routing.breaker, enabled: false } },
    });
    expect(isolate.breakers().blocked(hot)?.why).toBe("open");
    expect(redeployed.blocked(hot)).toBeNull();

    switchboard.board.overrides.throwAll({ kills: { [hot.id]: true } });
    switchboard.board.changed();
    await clock.advance(4_000);
    await redeployed.ready();
    expect(redeployed.blocked(hot)?.why).toBe("killed");
  });
});
