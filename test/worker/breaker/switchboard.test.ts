import { runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { failureOf } from "../../unit/breaker/support.ts";
import { world } from "./entry.ts";
import { A, failedRun, objectOf, okRun, overviewOf, report, resetWorld, send, statusOf } from "./support.ts";

beforeEach(resetWorld);

describe("the switchboard", () => {
  it("opens a route at the fifth identical 503, not at the third, for 30 s", async () => {
    const board = objectOf("fifth");
    await report(board, 3);
    expect(await statusOf(board)).toBe("closed");
    await report(board, 1, 3);
    expect(await statusOf(board)).toBe("closed");

    const { reply } = await report(board, 1, 4);
    if (reply.unchanged) throw new Error("unchanged");
    const { open, atMs } = reply.snapshot;
    expect(open).toEqual({ [A]: expect.closeTo(atMs + 30_000, -2) });
    expect(await overviewOf(board)).toMatchObject({
      status: "open",
      why: "server_error",
      last: [0, 0, 0, 0, 0],
      errorRate: 1,
      lastError: { kind: "server_error" },
    });
  });

  it("answers `unchanged` to who knows the latest", async () => {
    const board = objectOf("unchanged");
    const first = await board.snapshot(null);
    if (first.unchanged) throw new Error("unchanged");
    expect(await board.snapshot(first.snapshot.version)).toEqual({ unchanged: true });

    await board.throwSwitches({ kills: { [A]: true } });
    expect(await board.snapshot(first.snapshot.version)).toMatchObject({ snapshot: { killed: [A] } });
  });

  it("takes the account out for 600 s at the third unknown error, 60 s apart, with successes between", async () => {
    const board = objectOf("same error");
    let first = 0;
    for (let minute = 0; minute < 3; minute++) {
      await send(board, [failedRun(first++, "unknown_error"), okRun(first, 10)]);
      first += 10;
      if (minute < 2) world.aheadMs += 60_000;
    }
    const { accountsOut } = await board.overview();
    expect(accountsOut).toMatchObject([{ account: "anthropic", kind: "unknown_error" }]);
    expect((accountsOut[0]?.untilMs ?? 0) - (accountsOut[0]?.sinceMs ?? 0)).toBe(600_000);

    world.aheadMs += 300_000;
    await runDurableObjectAlarm(board);
    expect(world.probed).toEqual([]);
    expect(await statusOf(board)).toBe("open");

    expect(await board.reset({ account: "anthropic" })).toEqual({ ok: true, value: null });
    expect(await statusOf(board)).toBe("closed");
    expect(world.notices.map(({ event, incident }) => [event, incident.rule])).toEqual([
      ["opened", "account"],
      ["closed", "account"],
    ]);
  });

  it("counts an outcome once, however often it is reported", async () => {
    const board = objectOf("duplicates");
    for (let again = 0; again < 10; again++) await report(board, 4);

    expect((await overviewOf(board))?.last).toEqual([0, 0, 0, 0]);
  });

  it("refuses a report that is none, as a value, and lives on", async () => {
    const board = objectOf("malformed");
    const nonsense = `{ "isolate": "x", "knownVersion": null, "runs": [{ "route": "${A}", "first": -1, "ok": "many" }] }`;
    const { refused, reply } = await board.report(JSON.parse(nonsense));

    expect(refused).not.toBeNull();
    expect(reply).toMatchObject({ snapshot: { open: {} } });
  });

  it("skips routes and kinds that it does not know, and takes the rest", async () => {
    const board = objectOf("two versions");
    const unknown = [
      { ...okRun(0, 1), route: "hot/new" },
      { ...failedRun(0), failed: "struck_by_lightning" },
    ];
    expect(await send(board, [...unknown, okRun(1, 3)])).toMatchObject({ refused: null });

    expect((await overviewOf(board))?.last).toEqual([1, 1, 1]);
  });

  it("is not opened by any number of rejected requests and hang-ups", async () => {
    const board = objectOf("harmless");
    let first = 0;
    for (const kind of ["caller_gone", "request_rejected", "content_filtered", "context_overflow", "region_blocked"]) {
      await send(
        board,
        Array.from({ length: 50 }, () => failedRun(first++, kind)),
      );
    }
    expect(await statusOf(board)).toBe("closed");
  });

  it("believes a refused key when a second isolate has seen it", async () => {
    const board = objectOf("auth");
    world.probes.set(A, () => new Promise(() => {}));
    await send(board, [failedRun(0, "auth_failed"), failedRun(1, "auth_failed")], "one");
    expect(await statusOf(board)).toBe("closed");

    await send(board, [failedRun(0, "auth_failed")], "two");
    expect((await board.overview()).accountsOut).toMatchObject([{ kind: "auth_failed" }]);
  });

  it("asks a probe whether a key is refused, where only one isolate has seen it", async () => {
    const board = objectOf("auth probe");
    world.probes.set(A, async () => ({ ms: 20, failure: failureOf("auth_failed") }));
    await send(board, [failedRun(0, "auth_failed")]);
    await runDurableObjectAlarm(board);

    expect((await board.overview()).accountsOut).toMatchObject([{ kind: "auth_failed" }]);
    expect(world.probed).toEqual([A]);
  });
});
