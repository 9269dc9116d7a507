import { describe, expect, it } from "vitest";
import { DEFAULT_CACHE } from "../../../src/routing/resolve-cache.ts";
import { withPublicHosts } from "../../../src/routing/public-routes.ts";
import { providerNames } from "../../../src/routing/provider-names.ts";
import { parseMap } from "../../../src/routing/parse-map.ts";
import { standardRouting } from "../../support/standard-routing.ts";

const cacheOf = (cache: unknown, more: Record<string, unknown> = {}): unknown =>
  standardRouting({ kinds: { faq: { cache } }, ...more }).kinds.get("faq")?.cache;

describe("a kind's cache", () => {
  it.each([
    [undefined, null],
    [false, null],
    [true, DEFAULT_CACHE],
    ["always", { ...DEFAULT_CACHE, when: "always" }],
    [{}, DEFAULT_CACHE],
    [
      { per: "user", maxAgeHours: 0.5, threshold: 0.95, when: "always" },
      { per: "user", maxAgeMs: 1_800_000, threshold: 0.95, when: "always", most: 10_000 },
    ],
  ])("that is written %j is %j", (written, cache) => {
    expect(cacheOf(written)).toEqual(cache);
  });

  it("holds as many answers as the map says for all of them", () => {
    expect(cacheOf(true, { cache: { most: 5 } })).toMatchObject({ most: 5 });
  });

  it.each([{ threshold: 0.2 }, { threshold: 1 }, { maxAgeHours: 0 }, { per: "app" }, "often"])(
    "cannot be written %j",
    (cache) => {
      const text = JSON.stringify({ hot: [{ provider: "openai", model: "m" }], kinds: { faq: { cache } } });

      expect(parseMap(text, "map.json").ok).toBe(false);
    },
  );
});

describe("the embeddings route", () => {
  const cache = { embeddings: { provider: "openai", model: "small", baseUrl: "${HOST}/v1", dimensions: 512 } };

  it("is none where the map names none", () => {
    expect(standardRouting().embeddings).toBeNull();
  });

  it("has its provider's key and account, and is no route of any kind", () => {
    const { embeddings, defaultKind } = standardRouting({ cache }, set("https://vectors.test"));

    expect(embeddings).toMatchObject({
      key: "key",
      account: "openai:OPENAI_API_KEY",
      baseUrl: "https://vectors.test/v1",
      dimensions: 512,
    });
    expect(defaultKind.routeIds).toBeNull();
  });

  it("has a pause of its provider's, whether or not a route is asked there for answers", () => {
    const embeddings = { ...cache.embeddings, provider: "vectors", key: "${OPENAI_API_KEY}" };
    const routing = standardRouting({ cache: { embeddings } }, set("https://vectors.test"));

    expect([...providerNames({ ...routing, routes: [], off: [] }).keys()]).toEqual(["vectors"]);
  });

  it("is off and says so while a variable is missing, or in production inside a network", () => {
    const unset = standardRouting({ cache });
    expect(unset.embeddings).toBeNull();
    expect(unset.unset).toEqual([{ field: "cache.embeddings", why: expect.stringContaining("HOST") }]);

    const inside = withPublicHosts(standardRouting({ cache }, set("http://10.0.0.1")));
    expect(inside.embeddings).toBeNull();
    expect(inside.unset).toEqual([{ field: "cache.embeddings", why: expect.stringContaining("not public") }]);
  });
});

function set(host: string): (name: string) => string | undefined {
  return (name) => ({ HOST: host, OPENAI_API_KEY: "key" })[name];
}
