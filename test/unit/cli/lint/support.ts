import { parseMap } from "../../../../src/routing/parse-map.ts";
import type { RoutingMap } from "../../../../src/routing/routing-map.ts";
import type { Finding } from "../../../../cli/lint/finding.ts";
import { lintMap } from "../../../../cli/lint/lint-map.ts";

/** Every variable has a value that could be one. */
export function everythingSet(name: string): string {
  return name.endsWith("_URL") ? `https://${name.toLowerCase().replaceAll("_", "-")}.example` : "set";
}

/** A map in which the lint finds nothing; a test changes one thing of it. */
export const cleanMap: RoutingMap = {
  hot: [{ provider: "anthropic", model: "claude-sonnet-4-5" }],
  warm: [
    { provider: "lmstudio", model: "qwen", baseUrl: "${TUNNEL_URL}/v1" },
    { provider: "openai", model: "gpt-4o-mini" },
  ],
  cold: { notify: ["ops@example.com"] },
};

export function lintOf(change: Partial<RoutingMap>): readonly Finding[] {
  const text = JSON.stringify({ ...cleanMap, ...change }, null, 2);
  const map = parseMap(text, "map.json");
  if (!map.ok) throw new Error(JSON.stringify(map.failure));
  return lintMap({ file: "map.json", text, map: map.value }, everythingSet);
}

export function codesOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ code }) => code);
}
