import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { failureOf } from "../../unit/breaker/support.ts";
import { world } from "./entry.ts";
import {
  A,
  B,
  dueInMs,
  failedRun,
  objectOf,
  overviewOf,
  report,
  resetWorld,
  send,
  statusOf,
  until,
} from "./support.ts";

beforeEach(resetWorld);

describe("probes", () => {
  it("go when the open time is over, two at once, and the route is back", async () => {
    const board = objectOf("probes");
    await report(board, 5);
    expect(await dueInMs(board)).toBeGreaterThan(25_000);
    expect(await dueInMs(board)).toBeLessThanOrEqual(30_000);

    world.aheadMs = 30_001;
    await runDurableObjectAlarm(board);
    expect(world.probed).toEqual([A, A]);
    expect(await statusOf(board)).toBe("closed");
    expect(await board.snapshot(null)).toMatchObject({ snapshot: { open: {} } });
    expect(world.notices.map(({ event }) => event)).toEqual(["opened", "closed"]);
    expect((await board.overview()).latestIncidents).toMatchObject([
      { rule: "circuit", target: A, endedAtMs: expect.any(Number) },
    ]);
  });

  it("that fail open for another 30 s, and the next go then", async () => {
    const board = objectOf("failing probe");
    await report(board, 5);
    world.probes.set(A, async () => ({ ms: 20, failure: failureOf("server_error") }));
    world.aheadMs = 30_001;
    await runDurableObjectAlarm(board);
    expect(world.probed).toEqual([A]);
    expect(await statusOf(board)).toBe("open");

    world.probes.clear();
    world.aheadMs = 60_100;
    await runDurableObjectAlarm(board);
    expect(await statusOf(board)).toBe("closed");
  });

  it("go one at a time, whoever else asks", async () => {
    const board = objectOf("one probe");
    await report(board, 5);
    let atOnce = 0;
    let most = 0;
    world.probes.set(A, async () => {
      most = Math.max(most, ++atOnce);
      await scheduler.wait(20);
      atOnce -= 1;
      return { ms: 20, failure: null };
    });
    world.aheadMs = 30_001;
    await Promise.all([
      runDurableObjectAlarm(board),
      ...Array.from({ length: 20 }, () => runInDurableObject(board, (instance) => instance.alarm())),
      ...Array.from({ length: 20 }, () => board.snapshot(null)),
    ]);

    expect(most).toBe(1);
    expect(world.probed).toEqual([A, A]);
    expect(await statusOf(board)).toBe("closed");
  });

  it("that are lost with the object wedge nothing", async () => {
    const dying = objectOf("lost probe");
    await report(dying, 5);
    world.probes.set(A, () => new Promise(() => {}));
    world.aheadMs = 30_001;
    const lost = runInDurableObject(dying, (instance) => instance.alarm()).catch(() => null);
    await until(() => world.probed.length === 1);
    // The object dies in the middle of it, as in a deploy or a crash.
    await runInDurableObject(dying, (_instance, state) => state.abort("gone")).catch(() => null);
    await lost;
    const board = objectOf("lost probe");

    world.probes.clear();
    // The lease is still there, so nobody else probes; then it runs out.
    await runDurableObjectAlarm(board);
    expect(world.probed).toEqual([A]);
    expect(await statusOf(board)).toBe("half_open");
    world.aheadMs += 15_001;
    await board.snapshot(null);
    await runDurableObjectAlarm(board);
    expect(world.probed).toEqual([A, A, A]);
    expect(await statusOf(board)).toBe("closed");
  });

  it("that break are failures, not errors of the alarm", async () => {
    const board = objectOf("broken probe");
    await report(board, 5);
    world.probes.set(A, () => Promise.reject(new Error("no network")));
    world.aheadMs = 30_001;
    await runDurableObjectAlarm(board);

    expect(await overviewOf(board)).toMatchObject({ status: "open", lastError: { kind: "unreachable" } });
    expect((await board.overview()).alarmFailure).toBeNull();
  });

  it("do not go to killed routes, nor to an account that is out", async () => {
    const board = objectOf("no probe");
    await report(board, 5);
    await send(
      board,
      Array.from({ length: 5 }, (_none, first) => ({ ...failedRun(first), route: B })),
    );
    await board.throwSwitches({ kills: { [A]: true } });
    await send(board, [{ ...failedRun(5, "credit_exhausted"), route: B }]);
    world.aheadMs = 30_001;
    await runDurableObjectAlarm(board);
    expect(world.probed).toEqual([]);

    world.aheadMs = 601_000;
    await runDurableObjectAlarm(board);
    expect(world.probed).toEqual([B, B]);
    expect(await statusOf(board)).toBe("killed");

    await board.throwSwitches({ kills: { [A]: null } });
    await runDurableObjectAlarm(board);
    expect(await statusOf(board)).toBe("closed");
  });

  it("are brought back by any request where the alarm is gone", async () => {
    const board = objectOf("alarm gone");
    await report(board, 5);
    await runInDurableObject(board, (_instance, state) => state.storage.deleteAlarm());
    await board.snapshot(null);

    expect(await dueInMs(board)).toBeGreaterThan(0);
  });

  it("are tried again where the alarm's work fails: the alarm never throws", async () => {
    const board = objectOf("alarm fails");
    await report(board, 5);
    await runInDurableObject(board, (_instance, state) => {
      state.storage.sql.exec("ALTER TABLE routes RENAME TO elsewhere");
    });
    world.aheadMs = 30_001;
    expect(await runDurableObjectAlarm(board)).toBe(true);
    await runInDurableObject(board, (_instance, state) => {
      state.storage.sql.exec("ALTER TABLE elsewhere RENAME TO routes");
    });
    expect((await board.overview()).alarmFailure).toContain("no such table");
    expect(await dueInMs(board)).not.toBeNull();
  });
});
