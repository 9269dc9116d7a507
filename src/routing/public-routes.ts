import type { Routing, RouteOff } from "../domain/routing.ts";
import { hostProblem } from "../lib/public-host.ts";
import { describeOff } from "./describe-off.ts";

/**
 * In production nobody is asked at an address inside a network: what a slip or a stolen map names there is off and says
 * so. A local model is reached through a tunnel, which has a public name.
 */
export function withPublicHosts(routing: Routing): Routing {
  const off = routing.routes.flatMap(({ id, tier, provider, model, baseUrl }): RouteOff[] =>
    isPublic(baseUrl)
      ? []
      : [{ id, tier, provider, model, why: { kind: "private_host", host: new URL(baseUrl).host } }],
  );
  const { embeddings } = routing;
  const hasPrivate = embeddings !== null && !isPublic(embeddings.baseUrl);
  const field = "cache.embeddings";
  if (off.length === 0 && !hasPrivate) return routing;
  return {
    ...routing,
    ...(hasPrivate && {
      embeddings: null,
      unset: [...routing.unset, { field, why: describeOff({ kind: "private_host", host: embeddings.host }) }],
    }),
    routes: routing.routes.filter((route) => isPublic(route.baseUrl)),
    off: [...routing.off, ...off],
  };
}

function isPublic(baseUrl: string): boolean {
  return hostProblem(new URL(baseUrl).hostname) === null;
}
