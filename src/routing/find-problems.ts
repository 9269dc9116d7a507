/** What a map's shape alone cannot say: ids that occur twice, kinds that name unknown routes, providers that need a host. */
import { closestName } from "./closest-name.ts";
import type { MapOutline } from "./map-outline.ts";
import { PROVIDERS, providerDefaults } from "./provider-table.ts";
import { listRoutes } from "./route-ids.ts";
import type { Entry, ListedRoute } from "./route-ids.ts";

export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
  readonly expected: string;
}

interface OutlineRoute extends Entry {
  readonly baseUrl?: unknown;
}

type Listed = ListedRoute<OutlineRoute>;

export function findProblems(map: MapOutline): readonly Finding[] {
  const routes = listRoutes<OutlineRoute>(map);
  return [
    ...duplicateIds(routes),
    ...missingHosts(routes),
    ...unknownRoutes(map, routes),
    ...unknownKinds(map),
    ...looseIdentities(map),
  ];
}

function duplicateIds(routes: readonly Listed[]): readonly Finding[] {
  const first = new Map<string, Listed>();
  return routes.flatMap((route) => {
    const earlier = first.get(route.id);
    if (!earlier) {
      first.set(route.id, route);
      return [];
    }
    const expected = `an id of its own: ${earlier.list}[${earlier.index}] has this one already`;
    return [{ path: [route.list, route.index, "id"], value: route.id, expected }];
  });
}

function missingHosts(routes: readonly Listed[]): readonly Finding[] {
  return routes.flatMap(({ list, index, entry }) => {
    if (entry.provider === "" || entry.baseUrl !== undefined || providerDefaults(entry.provider)?.baseUrl) return [];
    const near = closestName(entry.provider, Object.keys(PROVIDERS));
    const hint = near ? `; did you mean the provider "${near}"?` : "";
    const expected = `a base URL: Lisbon knows no host of its own for the provider "${entry.provider}"${hint}`;
    return [{ path: [list, index, "baseUrl"], value: undefined, expected }];
  });
}

function unknownRoutes(map: MapOutline, routes: readonly Listed[]): readonly Finding[] {
  // An entry that cannot be read has no id yet: every kind that names it would be reported too.
  if (routes.some(({ entry }) => !entry.id && (entry.provider === "" || entry.model === ""))) return [];

  const callable = routes.filter((route) => route.list !== "smaller").map((route) => route.id);
  return Object.entries(map.kinds ?? {}).flatMap(([name, kind]) => {
    const ids = kind.routes ?? [];
    return ids.flatMap((id, index) => {
      const path = ["kinds", name, "routes", index];
      if (id === "") return [];
      if (ids.indexOf(id) !== index) return [{ path, value: id, expected: "each route once" }];
      if (callable.includes(id)) return [];
      const near = closestName(id, callable);
      const hint = near ? `did you mean "${near}"?` : `there are ${callable.join(", ")}`;
      return [{ path, value: id, expected: `the id of a route in hot or warm; ${hint}` }];
    });
  });
}

/** A tenant or a sign-in that may name only what is not there could name nothing. */
function unknownKinds({ kinds, tenants, identity }: MapOutline): readonly Finding[] {
  const known = Object.keys(kinds ?? {});
  const lists = [
    ...Object.entries(tenants ?? {}).map(([name, tenant]) => ({ at: ["tenants", name], kinds: tenant.kinds })),
    ...(identity ?? []).map((entry, index) => ({ at: ["identity", index], kinds: entry.kinds })),
  ];
  return lists.flatMap(({ at, kinds: named }) =>
    (named ?? []).flatMap((kind, index) => {
      if (kind === "" || known.includes(kind)) return [];
      const near = closestName(kind, known);
      const hint = near ? `did you mean "${near}"?` : `there are ${known.join(", ") || "none"}`;
      return [{ path: [...at, "kinds", index], value: kind, expected: `a kind of this map; ${hint}` }];
    }),
  );
}

/** Without one of these, every token that the issuer signs for anybody's app would do. */
function looseIdentities({ identity }: MapOutline): readonly Finding[] {
  return (identity ?? []).flatMap((entry, index): Finding[] => {
    const found: Finding[] = [];
    if (entry.audience === undefined && entry.authorizedParties === undefined) {
      const expected = "an audience or authorizedParties: else every token of this issuer would be let in";
      found.push({ path: ["identity", index, "audience"], value: undefined, expected });
    }
    if (entry.tenant !== undefined && entry.tenantClaim !== undefined) {
      const expected = "either tenant or tenantClaim";
      found.push({ path: ["identity", index, "tenantClaim"], value: entry.tenantClaim, expected });
    }
    return found;
  });
}
