import type { IdentityProvider } from "../domain/identity-provider.ts";
import { NO_LIMITS, type Limits } from "../domain/limits.ts";
import { DEFAULT_TENANT, type Tenant } from "../domain/tenant.ts";
import { fillPlaceholders, placeholdersIn, lookUp, type Environment } from "./placeholder.ts";
import type { IdentityEntry, LimitsEntry, TenantEntry } from "./map-callers.ts";
import type { RoutingMap } from "./routing-map.ts";

export function resolveTenants(map: RoutingMap): ReadonlyMap<string, Tenant> {
  return new Map(Object.entries(map.tenants ?? {}).map(([name, entry]) => [name, tenantOf(entry)]));
}

function tenantOf(entry: TenantEntry): Tenant {
  return {
    origins: entry.origins ?? null,
    kinds: entry.kinds ?? null,
    limits: limitsOf(entry),
    perUser: limitsOf(entry.perUser ?? {}),
  };
}

export function limitsOf(entry: LimitsEntry): Limits {
  const { requestsPerMinute, dailyTokens, monthlyTokens, monthlyUsd } = entry;
  const given = { requestsPerMinute, dailyTokens, monthlyTokens, monthlyUsd };
  return Object.values(given).every((limit) => limit === undefined)
    ? NO_LIMITS
    : {
        requestsPerMinute: requestsPerMinute ?? null,
        dailyTokens: dailyTokens ?? null,
        monthlyTokens: monthlyTokens ?? null,
        monthlyUsd: monthlyUsd ?? null,
      };
}

export function hasLimits({ tenants, budget }: RoutingMap): boolean {
  const entries = Object.values(tenants ?? {}).flatMap((tenant) => [tenant, tenant.perUser ?? {}]);
  const limited = [...entries, budget ?? {}, ...Object.values(budget?.providers ?? {})];
  return limited.some((entry) => limitsOf(entry) !== NO_LIMITS);
}

/** One that lacks a variable vouches for nobody. */
export function resolveIdentity(map: RoutingMap, environment: Environment): readonly IdentityProvider[] {
  return (map.identity ?? []).flatMap((entry) => {
    const texts = [entry.issuer, entry.jwksUrl, entry.audience ?? "", ...(entry.authorizedParties ?? [])];
    const lacking = texts.flatMap(placeholdersIn).some((name) => lookUp(name, environment) === null);
    return lacking ? [] : [providerOf(entry, (text) => fillPlaceholders(text, environment))];
  });
}

/** What the usual ones sign with: https://datatracker.ietf.org/doc/html/rfc7518#section-3.1 */
const ALGORITHMS = ["RS256", "ES256", "EdDSA"];

function providerOf(entry: IdentityEntry, filled: (text: string) => string): IdentityProvider {
  const { tenantClaim, tenant = DEFAULT_TENANT } = entry;
  return {
    issuer: filled(entry.issuer),
    jwksUrl: filled(entry.jwksUrl),
    audience: entry.audience === undefined ? null : filled(entry.audience),
    authorizedParties: entry.authorizedParties?.map(filled) ?? null,
    algorithms: entry.algorithms ?? ALGORITHMS,
    tenant: tenantClaim === undefined ? { name: tenant } : { claim: tenantClaim },
    userClaim: entry.userClaim ?? "sub",
    kinds: entry.kinds ?? null,
    maxTokens: entry.maxTokens ?? null,
  };
}
