import { expect, it } from "vitest";
import { showMap } from "../../../src/http/admin-map.ts";
import type { RoutingMap } from "../../../src/routing/routing-map.ts";
import { operatorDeps } from "../../support/operator-deps.ts";

it("the shown map has its placeholders, and nothing in which a secret may be written out", async () => {
  const route = { provider: "openai", model: "gpt-4.1", key: "${OPENAI_API_KEY}" };
  const map: RoutingMap = {
    hot: [{ ...route, headers: { "x-team": "literal" } }],
    cold: { queue: "ai-tasks", notify: ["https://hooks.example.com/literal"] },
    budget: { monthlyUsd: 5, spend: { url: "https://costs.example.com/?token=literal" } },
    cache: { embeddings: { provider: "p", model: "m", baseUrl: "https://p.example", headers: { a: "literal" } } },
    // Names that mean something elsewhere in the map.
    kinds: { notify: { deadlineSeconds: 7 } },
    tenants: { spend: { monthlyUsd: 1 } },
  };

  const shown = await showMap(new Request("https://lisbon.test/admin/map"), operatorDeps({ map: () => map })).text();

  expect(shown).not.toContain("literal");
  expect(JSON.parse(shown)).toEqual({
    hot: [route],
    cold: { queue: "ai-tasks" },
    budget: { monthlyUsd: 5 },
    cache: { embeddings: { provider: "p", model: "m", baseUrl: "https://p.example" } },
    kinds: map.kinds,
    tenants: map.tenants,
  });
});
