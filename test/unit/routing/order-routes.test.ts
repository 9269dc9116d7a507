import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { costOf, orderRoutes } from "../../../src/routing/order-routes.ts";
import { LISTS, listRoutes } from "../../../src/routing/route-ids.ts";
import type { ListedRoute } from "../../../src/routing/route-ids.ts";
import type { RouteEntry } from "../../../src/routing/map-routes.ts";

const entry = fc.record<RouteEntry>(
  {
    provider: fc.constantFrom("openai", "ollama", "google", "mine"),
    model: fc.constantFrom("a", "b", "c"),
    cost: fc.constantFrom("local", "free", "paid"),
    priority: fc.integer({ min: -3, max: 8 }),
  },
  { requiredKeys: ["provider", "model"] },
);
const lists = fc.record({ hot: fc.array(entry, { minLength: 1 }), warm: fc.array(entry), smaller: fc.array(entry) });

const CLASSES = ["local", "free", "paid"];

describe("the order of routes", () => {
  it("has Hot first, then local, free and paid ones, by priority within a class, and keeps the place of those that tie", () => {
    fc.assert(
      fc.property(lists, (map) => {
        const ordered = orderRoutes(listRoutes<RouteEntry>(map), "local-free-paid");

        for (const [earlier, later] of pairs(ordered)) expect(rankOf(earlier) <= rankOf(later)).toBe(true);
      }),
    );
  });

  it("loses no route and adds none, whatever the order", () => {
    fc.assert(
      fc.property(lists, fc.constantFrom("listed" as const, "local-free-paid" as const), (map, order) => {
        const listed = listRoutes<RouteEntry>(map);
        const ids = orderRoutes(listed, order).map((route) => route.id);

        expect(ids.toSorted()).toEqual(listed.map((route) => route.id).toSorted());
      }),
    );
  });

  it("is the list's own where the map gives no priority", () => {
    const map = { hot: [entryFor("a"), entryFor("b")], warm: [entryFor("c"), entryFor("d")] };
    expect(modelsOf(orderRoutes(listRoutes<RouteEntry>(map), "listed"))).toEqual(["a", "b", "c", "d"]);
  });

  it("puts a lower priority first, within its tier", () => {
    const map = { hot: [entryFor("a"), { ...entryFor("b"), priority: 0 }], warm: [{ ...entryFor("c"), priority: -1 }] };
    expect(modelsOf(orderRoutes(listRoutes<RouteEntry>(map), "listed"))).toEqual(["b", "a", "c"]);
  });
});

/** A text that sorts as the routes must: tier, class, priority, place. */
function rankOf({ list, index, entry: listed }: ListedRoute<RouteEntry>): string {
  const costClass = list !== "warm" ? 0 : CLASSES.indexOf(costOf(listed));
  const priority = (listed.priority ?? index + 1) + 100;
  return [LISTS.indexOf(list), costClass, priority, index].map((part) => String(part).padStart(4, "0")).join(":");
}

function pairs<Item>(items: readonly Item[]): readonly (readonly [Item, Item])[] {
  return items.flatMap((item, index) => {
    const next = items[index + 1];
    return next === undefined ? [] : [[item, next] as const];
  });
}

function entryFor(model: string): RouteEntry {
  return { provider: "openai", model };
}

function modelsOf(routes: readonly ListedRoute<RouteEntry>[]): readonly string[] {
  return routes.map((each) => each.entry.model);
}
