/** What the watchdog puts first: every isolate knows it by its own clock, and none for longer than it was to last. */
import { expect, it } from "vitest";
import { createBreakers } from "../../../src/breaker/isolate-breakers.ts";
import type { SwitchboardPort } from "../../../src/breaker/switchboard-port.ts";
import { hot, TestIsolate, TestSwitchboard, warm } from "./isolate.ts";
import { FakeClock } from "./support.ts";

it("a preference reaches isolates whose clocks differ, and ends at its moment though nobody answers them any more", async () => {
  const clock = new FakeClock();
  const board = new TestSwitchboard(clock, [hot, warm]);
  const prefer = { [`draft ${warm.id}`]: clock.now() + 60_000 };
  const switchboard: SwitchboardPort = {
    async snapshot() {
      const reply = await board.snapshot(null);
      return reply.unchanged ? reply : { ...reply, snapshot: { ...reply.snapshot, prefer } };
    },
    report: (report) => board.report(report),
  };
  const isolates = [0, 5_000].map((aheadMs) => {
    const isolate = new TestIsolate(board, 7, aheadMs);
    return createBreakers({
      state: isolate.state,
      switchboard: () => switchboard,
      afterReply: (work) => void isolate.afterReply.push(work),
      clock: isolate.clock,
      random: () => 0.5,
      routing: board.routing,
    });
  });
  const seen = (): readonly boolean[] => isolates.map((breakers) => breakers.preferred("draft", warm));

  expect(seen()).toEqual([false, false]);
  for (const breakers of isolates) await breakers.ready();
  expect(seen()).toEqual([true, true]);
  expect(isolates.map((breakers) => breakers.preferred("draft", hot))).toEqual([false, false]);
  expect(isolates.map((breakers) => breakers.preferred("auto", warm))).toEqual([false, false]);

  board.state = "refuses";
  await clock.advance(59_999);
  expect(seen()).toEqual([true, true]);
  await clock.advance(1);
  expect(seen()).toEqual([false, false]);
});
