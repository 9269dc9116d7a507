import { describe, expect, it } from "vitest";
import type { Routing } from "../../../src/domain/routing.ts";
import { listModels, resolveModel } from "../../../src/routing/resolve-model.ts";
import { resolveRouting } from "../../../src/routing/resolve-routing.ts";
import { RoutingMap } from "../../../src/routing/routing-map.ts";

describe("a request's model", () => {
  it("is a kind, with the kind's routes and limit", () => {
    const meant = resolveModel(routing(), "draft-email");
    expect(meant?.kind).toMatchObject({ name: "draft-email", deadlineMs: 5_000 });
    expect(idsOf(meant)).toEqual(["warm/google/flash"]);
  });

  it("is every route in order when it is auto, or a kind that names none", () => {
    const everyRoute = ["hot/openai/big", "hot/openai/mini", "warm/google/flash"];
    expect(idsOf(resolveModel(routing(), "auto"))).toEqual(everyRoute);
    expect(idsOf(resolveModel(routing(), "plain"))).toEqual(everyRoute);
  });

  it.each(["mini", "hot/openai/mini"])("is the route that has it first, then the rest: %s", (model) => {
    const meant = resolveModel(routing(), model);
    expect(idsOf(meant)).toEqual(["hot/openai/mini", "hot/openai/big", "warm/google/flash"]);
    expect(meant?.kind.name).toBe("auto");
  });

  it("is the rest while its route is off: an app that names it gets an answer", () => {
    expect(idsOf(resolveModel(routing(), "sonnet"))).toEqual([
      "hot/openai/big",
      "hot/openai/mini",
      "warm/google/flash",
    ]);
  });

  it.each(["gpt-99", "", "__proto__", "constructor", "hot"])("is nothing when nobody has it: %j", (model) => {
    expect(resolveModel(routing(), model)).toBeNull();
  });

  it("is listed: auto, the kinds, the models that are on, each once", () => {
    expect(listModels(routing())).toEqual(["auto", "draft-email", "plain", "big", "mini", "flash"]);
  });
});

function idsOf(meant: ReturnType<typeof resolveModel>): readonly string[] | undefined {
  return meant?.routes.map((route) => route.id);
}

function routing(): Routing {
  const map = RoutingMap.parse({
    hot: [
      { provider: "openai", model: "big" },
      { provider: "openai", model: "mini" },
    ],
    warm: [
      { provider: "google", model: "flash" },
      { provider: "anthropic", model: "sonnet" },
    ],
    kinds: { "draft-email": { deadlineSeconds: 5, routes: ["warm/google/flash"] }, plain: {} },
  });
  return resolveRouting(map, (name) => (name === "ANTHROPIC_KEY" || name === "ANTHROPIC_API_KEY" ? undefined : "k"));
}
