/** What the map says of kept answers, ready to be used. */
import type { CacheSettings } from "../domain/kind.ts";
import type { EmbeddingsRoute, RouteOff } from "../domain/routing.ts";
import { ok, type Result } from "../lib/result.ts";
import type { KindEntry } from "./map-kinds.ts";
import type { Environment } from "./placeholder.ts";
import { resolveRoute } from "./resolve-route.ts";
import type { RoutingMap } from "./routing-map.ts";

type CacheEntry = RoutingMap["cache"];

const HOUR_MS = 3_600_000;

/** A day, for most facts that a model tells live longer and most that an app puts into a prompt do not. */
export const DEFAULT_CACHE: CacheSettings = {
  per: "tenant",
  maxAgeMs: 24 * HOUR_MS,
  threshold: 0.9,
  most: 10_000,
  when: "emergency",
};

/** Null: the kind asks for no cache. */
export function cacheSettings(asked: KindEntry["cache"], { most }: NonNullable<CacheEntry> = {}): CacheSettings | null {
  if (asked === undefined || asked === false) return null;
  const usual = { ...DEFAULT_CACHE, ...(most !== undefined && { most }) };
  if (asked === true) return usual;
  if (asked === "always") return { ...usual, when: "always" };
  const { per = usual.per, maxAgeHours, threshold = usual.threshold, when = usual.when } = asked;
  return {
    ...usual,
    per,
    threshold,
    when,
    maxAgeMs: maxAgeHours === undefined ? usual.maxAgeMs : maxAgeHours * HOUR_MS,
  };
}

/** Null: the map names none. */
export function resolveEmbeddings(
  cache: CacheEntry,
  environment: Environment,
): Result<EmbeddingsRoute, RouteOff> | null {
  if (cache?.embeddings === undefined) return null;
  const { dimensions = null, ...entry } = cache.embeddings;
  // Whatever the provider, vectors are asked for in OpenAI's language.
  const listed = {
    id: "cache.embeddings",
    list: "warm" as const,
    index: 0,
    entry: { ...entry, api: "openai" as const },
  };
  const route = resolveRoute(listed, environment);
  return route.ok ? ok({ ...route.value, dimensions }) : route;
}
