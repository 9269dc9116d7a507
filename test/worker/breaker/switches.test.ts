import { beforeEach, describe, expect, it } from "vitest";
import { SNAPSHOT_BYTES } from "../../../src/breaker/switchboard-port.ts";
import { routeOf } from "../../unit/breaker/support.ts";
import { world } from "./entry.ts";
import { A, B, failedRun, objectOf, resetWorld, send } from "./support.ts";

beforeEach(resetWorld);

describe("flags and kill switches", () => {
  it("override the map, and can be taken back", async () => {
    const board = objectOf("flags");
    expect(await board.setFlag("enable_cold_queue", true)).toMatchObject({
      ok: true,
      value: [
        { name: "enable_warm_fallback", value: true, default: true, switched: false },
        { name: "enable_cold_queue", value: true, default: false, switched: true },
      ],
    });
    expect(await board.setFlag("enable_cold_queue", null)).toMatchObject({
      value: [{}, { name: "enable_cold_queue", value: false, switched: false }],
    });
  });

  it("refuse a name or value that does not exist, and name what exists", async () => {
    const board = objectOf("unknown flags");
    expect(await board.setFlag("enable_world_peace", true)).toEqual({
      ok: false,
      failure: { kind: "unknown_flag", known: ["enable_warm_fallback", "enable_cold_queue"] },
    });
    expect(await board.setKill("hot/nobody", true)).toMatchObject({
      failure: { kind: "unknown_route", known: expect.arrayContaining([A, B]) },
    });
    expect(await board.setKill(A, JSON.parse('"yes"'))).toEqual({
      ok: false,
      failure: { kind: "not_a_switch_position" },
    });
    expect(await board.reset({ route: "hot/nobody" })).toMatchObject({ failure: { kind: "unknown_route" } });
    expect(await board.reset({ account: "nobody" })).toMatchObject({ failure: { kind: "unknown_account" } });
  });
});

describe("a snapshot of 200 routes that are all open", () => {
  it("stays within its bytes, keeps every kill switch, and says how many routes it left out", async () => {
    world.routes = Array.from({ length: 200 }, (_none, place) =>
      routeOf(`warm/some-provider/some-model-name-${place}`),
    );
    const board = objectOf("200 routes");
    for (const route of world.routes) {
      await send(
        board,
        Array.from({ length: 5 }, (_none, first) => ({ ...failedRun(first), route: route.id })),
      );
    }
    const killed = world.routes.slice(0, 20).map(({ id }) => id);
    for (const id of killed) await board.setKill(id, true);

    const reply = await board.snapshot(null);
    if (reply.unchanged) throw new Error("unchanged");
    const { snapshot } = reply;
    expect(new TextEncoder().encode(JSON.stringify(snapshot)).byteLength).toBeLessThanOrEqual(SNAPSHOT_BYTES);
    expect(snapshot.killed).toEqual(killed);
    expect(Object.keys(snapshot.open).length).toBeGreaterThan(80);
    expect(Object.keys(snapshot.open).length + snapshot.leftOut).toBe(200);
  });

  it("has room only for so many kill switches; one more is refused", async () => {
    world.routes = Array.from({ length: 200 }, (_none, place) =>
      routeOf(`warm/some-provider/some-model-name-${place}`),
    );
    const board = objectOf("200 kills");
    const results = [];
    for (const { id } of world.routes) results.push(await board.setKill(id, true));

    expect(results.filter(({ ok }) => ok).length).toBeGreaterThan(90);
    expect(results.at(-1)).toEqual({ ok: false, failure: { kind: "too_many_killed" } });
  });
});
