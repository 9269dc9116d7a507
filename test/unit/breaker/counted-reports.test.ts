import { describe, expect, it } from "vitest";
import { countCall } from "../../../src/breaker/call-tally.ts";
import { reportCounts } from "../../../src/breaker/exchange.ts";
import type { CallLog } from "../../../src/domain/call-log.ts";
import { hot, informed, type TestIsolate, type TestSwitchboard } from "./isolate.ts";

const LINE: CallLog = {
  event: "call",
  request_id: "r",
  model: "m",
  stream: false,
  status: 200,
  outcome: "answered",
  route: hot.id,
  tier: "hot",
  attempts: [],
  ms: 10,
  first_words_ms: null,
  prompt_tokens: null,
  completion_tokens: null,
  usage: null,
  job: null,
  degraded: null,
};

function call(isolate: TestIsolate, switchboard: TestSwitchboard): void {
  countCall(isolate.state.tally, LINE, () => null);
  reportCounts({
    state: isolate.state,
    switchboard: () => switchboard,
    afterReply: (promise) => void isolate.afterReply.push(promise),
    clock: isolate.clock,
    random: () => 0.5,
    routing: switchboard.routing,
  });
}

function told(switchboard: TestSwitchboard) {
  return switchboard.reports.flatMap(({ counts }) =>
    counts === undefined ? [] : [[counts.number, counts.of["calls"]?.["out:answered:hot"]]],
  );
}

describe("what was counted", () => {
  it("is told a second after the last exchange, in one report however many calls there were", async () => {
    const { clock, switchboard, isolate } = await informed();
    for (let calls = 0; calls < 5; calls++) call(isolate, switchboard);
    await clock.advance(990);
    expect(switchboard.reports).toEqual([]);
    await clock.advance(20);
    expect(told(switchboard)).toEqual([[1, 5]]);
    await clock.advance(60_000);
    expect(switchboard.reports).toHaveLength(1);
  });

  it("goes with a report that is due for another reason, and holds no failure back", async () => {
    const { clock, switchboard, isolate } = await informed();
    call(isolate, switchboard);
    await clock.advance(200);
    isolate.record(hot, "overloaded");
    await clock.advance(1);
    expect(switchboard.reports.map(({ runs, counts }) => [runs.length, counts?.number])).toEqual([[1, 1]]);
    await clock.advance(60_000);
    expect(switchboard.reports).toHaveLength(1);
  });

  it("is told again, as it was, where the reply was lost; what came since goes after it", async () => {
    const { clock, switchboard, isolate } = await informed();
    switchboard.state = "loses_replies";
    call(isolate, switchboard);
    await clock.advance(1_100);
    switchboard.state = "alive";
    call(isolate, switchboard);
    await clock.advance(1_100);
    call(isolate, switchboard);
    await clock.advance(1_100);
    expect(told(switchboard)).toEqual([
      [1, 1],
      [1, 1],
      [2, 2],
    ]);
  });
});
