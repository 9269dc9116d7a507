/** What being near their own limits does to the order of a call's routes, whatever else keeps some of them out. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refuses, route, spine } from "../../support/spine.ts";

const Standing = fc.record({ near: fc.boolean(), open: fc.boolean() });

describe("the routes of a call", () => {
  it("are all there once, those far from their limits first, and otherwise in the order of the map", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(Standing, { minLength: 1, maxLength: 8 }), async (standings) => {
        const ids = standings.map((_standing, at) => `hot/p${at}/model`);
        const which = (holds: (standing: (typeof standings)[number]) => boolean): readonly string[] =>
          ids.filter((_id, at) => standings.slice(at, at + 1).some(holds));
        const at = spine({
          routes: ids.map((id) => route(id)),
          near: which(({ near }) => near),
          blocked: Object.fromEntries(which(({ open }) => open).map((id) => [id, { why: "open", untilMs: null }])),
          providers: Object.fromEntries(ids.map((_id, number) => [`p${number}.test`, refuses])),
        });

        await at.ask();

        const order = at.trail.all().map(({ routeId }) => routeId);
        expect(order).toEqual([...which(({ near }) => !near), ...which(({ near }) => near)]);
      }),
    );
  });

  it("begin with the one that the watchdog prefers, for who names the kind and not for who names a model", async () => {
    const ids = ["hot/a/one", "hot/b/two", "warm/c/free"];
    const providers = { "a.test": refuses, "b.test": refuses, "c.test": refuses };
    const order = async (preferred: readonly string[], near: readonly string[], model: string) => {
      const at = spine({ routes: ids.map((id) => route(id)), preferred, near, providers });
      await at.ask({ model });
      return at.trail.all().map(({ routeId }) => routeId);
    };
    const [one, two, free] = ids;

    expect(await order(["auto warm/c/free"], [], "auto")).toEqual([free, one, two]);
    expect(await order(["auto warm/c/free"], ["warm/c/free"], "auto")).toEqual([one, two, free]);
    expect(await order(["draft warm/c/free"], [], "auto")).toEqual(ids);
    expect(await order(["auto warm/c/free"], [], "hot/b/two")).toEqual([two, one, free]);
  });

  it("are left out where nothing is left of their own limit, unless nobody else could be asked", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ reached: fc.boolean(), open: fc.boolean() }), { minLength: 1, maxLength: 6 }),
        async (standings) => {
          const ids = standings.map((_standing, at) => `hot/p${at}/model`);
          const which = (holds: (standing: (typeof standings)[number]) => boolean): readonly string[] =>
            ids.filter((_id, at) => standings.slice(at, at + 1).some(holds));
          const at = spine({
            routes: ids.map((id) => route(id)),
            reached: which(({ reached }) => reached),
            blocked: Object.fromEntries(which(({ open }) => open).map((id) => [id, { why: "open", untilMs: null }])),
            providers: Object.fromEntries(ids.map((_id, number) => [`p${number}.test`, refuses])),
          });

          await at.ask();

          const asked = at.trail.all().flatMap(({ routeId, result }) => (result === "skipped" ? [] : [routeId]));
          const free = which(({ reached, open }) => !reached && !open);
          expect(asked).toEqual(free.length > 0 ? free : which(({ open }) => !open));
        },
      ),
    );
  });
});
