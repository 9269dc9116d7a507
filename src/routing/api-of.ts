/**
 * Which wire format the host of a route speaks. A provider's own only at its
 * own host: people's gateways speak OpenAI's language at any other.
 */
import type { ApiId } from "../domain/route.ts";
import { assertNever } from "../lib/assert-never.ts";
import { providerDefaults } from "./provider-table.ts";
import type { RouteEntry } from "./map-routes.ts";

/** `baseUrl` is filled in. */
export function apiOf(entry: RouteEntry, baseUrl: string): ApiId {
  if (entry.api) return entry.api;
  const provider = providerDefaults(entry.provider);
  if (!provider) return "openai";
  const { hostname, pathname } = new URL(baseUrl);
  const atHome = provider.ownHosts.some((own) => (own.startsWith(".") ? hostname.endsWith(own) : hostname === own));
  // Google's and Amazon's own hosts also serve OpenAI's language, below /openai.
  return atHome && !pathname.split("/").includes("openai") ? provider.api : "openai";
}

/** The base URL without double and trailing slashes, and without the version that the API's own path begins with. */
export function trimBaseUrl(baseUrl: string, api: ApiId): string {
  const plain = baseUrl.replace(/(?<!:)\/{2,}/g, "/").replace(/\/$/, "");
  switch (api) {
    case "openai":
    case "bedrock":
      return plain;
    case "anthropic":
      return plain.replace(/\/v1$/, "");
    case "gemini":
      return plain.replace(/\/v1(beta)?$/, "");
    default:
      return assertNever(api);
  }
}
