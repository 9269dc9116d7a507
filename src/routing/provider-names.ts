import type { Routing } from "../domain/routing.ts";
import { providerDefaults } from "./provider-table.ts";

/** Of each provider that a route of the map has, the cache's vectors included: every name that people write for it, the canonical one first. */
export function providerNames({ routes, off, embeddings }: Routing): ReadonlyMap<string, readonly string[]> {
  const providers = new Set([...routes, ...off, ...(embeddings ? [embeddings] : [])].map(({ provider }) => provider));
  return new Map([...providers].map((name) => [name, [name, ...(providerDefaults(name)?.aliases ?? [])]]));
}
