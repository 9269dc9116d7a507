import { describe, expect, it } from "vitest";
import { PauseKeeper } from "../../../src/budget/pause-keeper.ts";
import type { RedisAway } from "../../../src/budget/redis-away.ts";
import { pauseStateFromJson, pauseStateToJson, type PauseState } from "../../../src/budget/pause-state.ts";
import type { Notice } from "../../../src/domain/notice.ts";
import { FakeClock } from "../breaker/support.ts";
import { FakeFlags } from "./fake-flags.ts";
import { alertOf, NOVEMBER, rules } from "./pause-support.ts";

/** The switchboard's object around the keeper. `again`: it was evicted and is made anew over the same storage. */
function worldOf(options: { readonly redis?: boolean } = {}) {
  const clock = new FakeClock(NOVEMBER);
  const flags = new FakeFlags(clock);
  const notices: Notice[] = [];
  const changes: (readonly string[])[] = [];
  let stored: string | null = null;
  let away: RedisAway | null = null;
  const logged: string[] = [];
  const make = () =>
    new PauseKeeper({
      rules,
      store: {
        load: () => (stored === null ? null : pauseStateFromJson(stored)),
        save: (state: PauseState) => {
          stored = pauseStateToJson(state);
        },
        loadAway: () => away,
        saveAway: (now: RedisAway | null) => {
          away = now;
        },
      },
      flags: options.redis === false ? null : flags,
      clock,
      changed: (scopes) => void changes.push([...scopes]),
      tell: (notice) => void notices.push(notice),
      away: () => void logged.push("away"),
      back: () => void logged.push("back"),
    });
  return { clock, flags, notices, changes, logged, keeper: make(), again: make };
}

const alert = { kind: "alert" as const, alert: alertOf(85) };
const resume = { kind: "resume" as const, provider: null };

describe("a question", () => {
  it("waits for a reading that is older than a second, and then sees what a hand has set", async () => {
    const { keeper, flags, clock, changes } = worldOf();
    await keeper.fresh();
    flags.scopes.add("all");
    await clock.advance(999);
    expect(keeper.fresh()).toBeNull();
    expect([...keeper.scopes]).toEqual([]);

    await clock.advance(1);
    await keeper.fresh();
    expect([...keeper.scopes]).toEqual(["all"]);
    expect(changes).toEqual([["all"]]);
  });

  it("of a crowd is one reading, and there is no more than one a second", async () => {
    const { keeper, flags, clock } = worldOf();
    for (let ms = 0; ms < 5_000; ms += 10) {
      void keeper.fresh();
      await clock.advance(10);
    }
    expect(flags.reads).toBe(5);
  });

  it("waits 150 ms for a slow Redis, once for each reading; the reading goes on and counts", async () => {
    const { keeper, flags, clock } = worldOf();
    flags.slowMs = 5_000;
    flags.scopes.add("all");
    let answered = false;
    void keeper.fresh()?.then(() => (answered = true));
    await clock.advance(149);
    expect(answered).toBe(false);
    await clock.advance(1);
    expect(answered).toBe(true);
    expect(keeper.fresh()).toBeNull();
    expect([...keeper.scopes]).toEqual([]);

    await clock.advance(4_850);
    expect([...keeper.scopes]).toEqual(["all"]);
    expect(flags.reads).toBe(1);
  });

  it("is answered by the copy where Redis is down, and Redis is asked no more than once a second", async () => {
    const { keeper, flags, clock } = worldOf();
    keeper.take(alert);
    await keeper.written(100);
    flags.down = true;
    for (let ms = 0; ms < 3_000; ms += 100) {
      await keeper.fresh();
      await clock.advance(100);
    }
    expect([...keeper.scopes]).toEqual(["all"]);
    expect(flags.reads).toBe(3);
  });

  it("asks nobody where there is no Redis", async () => {
    const { keeper, clock } = worldOf({ redis: false });
    keeper.take(alert);
    await clock.advance(0);

    expect(keeper.fresh()).toBeNull();
    expect([...keeper.scopes]).toEqual(["all"]);
    expect(keeper.nextDueMs()).toBe(Date.UTC(2026, 11, 1));
  });
});

describe("what was decided here", () => {
  it("is in Redis when it is confirmed", async () => {
    const { keeper, flags } = worldOf();
    keeper.take(alert);
    await keeper.written(100);

    expect([...flags.scopes]).toEqual(["all"]);
    expect(flags.epoch).toBe(true);
  });

  it.each([
    ["not yet", 100],
    ["long", 0],
  ])(
    "is not undone by a reading that was on its way, with the write %s done when it arrives",
    async (_name, writeMs) => {
      const { keeper, flags, clock, notices } = worldOf();
      flags.epoch = true;
      flags.slowMs = 100;
      void keeper.fresh();
      await clock.advance(50);
      flags.slowMs = writeMs;
      keeper.take(alert);
      await clock.advance(1_000);
      void keeper.fresh();
      await clock.advance(1_000);

      expect([...keeper.scopes]).toEqual(["all"]);
      expect([...flags.scopes]).toEqual(["all"]);
      // Not even for a moment.
      expect(notices.map(({ kind }) => kind)).toEqual(["paused"]);
    },
  );

  it("is not undone by a reading that overtook the write", async () => {
    const { keeper, flags, clock, notices } = worldOf();
    flags.epoch = true;
    flags.lateMs = 100;
    keeper.take(alert);
    await clock.advance(10);
    flags.slowMs = 200;
    void keeper.fresh();
    flags.slowMs = 0;
    await clock.advance(1_000);

    expect([...keeper.scopes]).toEqual(["all"]);
    expect(notices.map(({ kind }) => kind)).toEqual(["paused"]);
  });

  it("is written when Redis is back, in order, also by an object that was evicted meanwhile", async () => {
    const { keeper, flags, clock, again } = worldOf();
    flags.down = true;
    keeper.take(alert);
    keeper.take(resume);
    keeper.take({ kind: "pause", provider: "gemini", reason: "a drill" });
    await keeper.written(100);
    expect(keeper.nextDueMs()).toBeLessThanOrEqual(clock.now() + 2_000);

    flags.down = false;
    const later = again();
    await clock.advance(2_000);
    await later.onAlarm();
    await clock.advance(0);
    expect(flags.writes).toEqual([{ kind: "clear_all" }, { kind: "set", scope: "google" }]);
    expect([...later.scopes]).toEqual(["google"]);
  });

  it("while another write is under way is written after it", async () => {
    const { keeper, flags, clock } = worldOf();
    flags.slowMs = 500;
    keeper.take(alert);
    await clock.advance(100);
    keeper.take(resume);
    await clock.advance(2_000);

    expect(flags.writes).toEqual([{ kind: "set", scope: "all" }, { kind: "clear_all" }]);
    expect([...flags.scopes]).toEqual([]);
    expect([...keeper.scopes]).toEqual([]);
  });

  it("holds nobody up for longer than it is told", async () => {
    const { keeper, flags, clock } = worldOf();
    flags.slowMs = 5_000;
    keeper.take(alert);
    let answered = false;
    void keeper.written(2_000).then(() => (answered = true));
    await clock.advance(2_000);

    expect(answered).toBe(true);
  });
});

describe("the alarm", () => {
  it("is not needed while nothing is paused", () => {
    expect(worldOf().keeper.nextDueMs()).toBeNull();
  });

  it("looks every two seconds while something is paused: an emptied Redis is filled again, without any call", async () => {
    const { keeper, flags, clock, notices } = worldOf();
    keeper.take(alert);
    await keeper.written(100);
    await keeper.onAlarm();
    expect(keeper.nextDueMs()).toBe(clock.now() + 2_000);

    flags.wipe();
    await clock.advance(2_000);
    await keeper.onAlarm();
    await clock.advance(0);
    expect([...flags.scopes]).toEqual(["all"]);
    expect(flags.epoch).toBe(true);
    expect([...keeper.scopes]).toEqual(["all"]);
    expect(notices).toHaveLength(1);
  });

  it("sees a flag that was taken away by hand", async () => {
    const { keeper, flags, clock, notices } = worldOf();
    keeper.take(alert);
    await keeper.written(100);
    flags.scopes.delete("all");
    await clock.advance(2_000);
    await keeper.onAlarm();

    expect([...keeper.scopes]).toEqual([]);
    expect(notices.map(({ kind }) => kind)).toEqual(["paused", "resumed"]);
    expect(keeper.nextDueMs()).toBeNull();
  });

  it("never comes at once again while Redis hangs", async () => {
    const { keeper, flags, clock } = worldOf();
    keeper.take(alert);
    await keeper.written(100);
    flags.slowMs = 60_000;
    for (let look = 0; look < 10; look++) {
      const looked = keeper.onAlarm();
      await clock.advance(200);
      await looked;
      expect(keeper.nextDueMs()).toBeGreaterThan(clock.now() + 1_000);
      await clock.advance(1_800);
    }
  });

  it("lifts at the month's beginning what an alert without a period had set", async () => {
    const { keeper, clock, flags } = worldOf({ redis: false });
    keeper.take(alert);
    const dueMs = keeper.nextDueMs() ?? Number.NaN;
    await clock.advance(dueMs - clock.now());
    await keeper.onAlarm();

    expect([...keeper.scopes]).toEqual([]);
    expect(keeper.nextDueMs()).toBeNull();
    expect(flags.writes).toEqual([]);
  });
});

describe("a Redis that is away", () => {
  it("is logged once when it goes and once when it is back", async () => {
    const { keeper, flags, clock, logged } = worldOf();
    await keeper.fresh();
    flags.down = true;
    for (let look = 0; look < 5; look++) {
      await clock.advance(61_000);
      await keeper.fresh();
    }
    expect(logged).toEqual(["away"]);
    flags.down = false;
    await clock.advance(61_000);
    await keeper.fresh();
    expect(logged).toEqual(["away", "back"]);
  });
});
