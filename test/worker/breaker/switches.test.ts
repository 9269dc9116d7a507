import { beforeEach, describe, expect, it } from "vitest";
import { SNAPSHOT_BYTES } from "../../../src/breaker/switchboard-port.ts";
import { routeOf } from "../../unit/breaker/support.ts";
import { world } from "./entry.ts";
import { A, B, failedRun, objectOf, resetWorld, send } from "./support.ts";

beforeEach(resetWorld);

describe("flags and kill switches", () => {
  it("override the map, and can be taken back", async () => {
    const board = objectOf("flags");
    expect(await board.throwSwitches({ flags: { enable_cold_queue: true } })).toEqual({ ok: true, value: null });
    expect((await board.overview()).flags).toMatchObject([
      { name: "enable_warm_fallback", value: true, default: true, switched: false },
      { name: "enable_cold_queue", value: true, default: false, switched: true },
    ]);
    await board.throwSwitches({ flags: { enable_cold_queue: null } });
    expect((await board.overview()).flags).toMatchObject([
      {},
      { name: "enable_cold_queue", value: false, switched: false },
    ]);
  });

  it("refuse a name or value that does not exist, and name what exists", async () => {
    const board = objectOf("unknown flags");
    expect(await board.throwSwitches({ flags: { enable_world_peace: true } })).toEqual({
      ok: false,
      failure: {
        field: "flags.enable_world_peace",
        refused: { kind: "unknown_flag", known: ["enable_warm_fallback", "enable_cold_queue"] },
      },
    });
    expect(await board.throwSwitches({ kills: { ["hot/nobody"]: true } })).toMatchObject({
      failure: { refused: { kind: "unknown_route", known: expect.arrayContaining([A, B]) } },
    });
    expect(await board.throwSwitches({ kills: { [A]: JSON.parse('"yes"') } })).toEqual({
      ok: false,
      failure: { field: `routes.${A}`, refused: { kind: "not_a_switch_position" } },
    });
    expect(await board.reset({ route: "hot/nobody" })).toMatchObject({ failure: { kind: "unknown_route" } });
    expect(await board.reset({ account: "nobody" })).toMatchObject({ failure: { kind: "unknown_account" } });
  });
});

describe("several switches at once", () => {
  it("are all thrown or, where one is refused, none", async () => {
    const board = objectOf("half a switch");
    const thrown = await board.throwSwitches({
      flags: { enable_warm_fallback: false },
      kills: { [A]: true, "hot/nobody": true },
    });

    expect(thrown).toMatchObject({ ok: false, failure: { field: "routes.hot/nobody" } });
    const { flags, routes } = await board.overview();
    expect(flags.some(({ switched }) => switched)).toBe(false);
    expect(routes.some(({ status }) => status === "killed")).toBe(false);
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
    for (const id of killed) await board.throwSwitches({ kills: { [id]: true } });

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
    for (const { id } of world.routes) results.push(await board.throwSwitches({ kills: { [id]: true } }));

    expect(results.filter(({ ok }) => ok).length).toBeGreaterThan(70);
    expect(results.at(-1)).toMatchObject({ ok: false, failure: { refused: { kind: "too_many_killed" } } });
  });
});
