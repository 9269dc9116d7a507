/** What the map says of those who call: tenants, their limits, and whose sign-in their users have. */
import * as z from "zod/mini";
import type { LimitName } from "../domain/limits.ts";
import {
  count,
  described,
  httpsUrl,
  kindName,
  listOf,
  name,
  note,
  notNegative,
  optional,
  origin,
  tenantName,
} from "./map-fields.ts";

export const LimitsEntry = z.strictObject({
  requestsPerMinute: optional(count, "Calls in a minute."),
  dailyTokens: optional(count, "Input and output together, by UTC day."),
  monthlyTokens: optional(count, "Input and output together, by calendar month (UTC)."),
  monthlyUsd: optional(notNegative, "US dollars by calendar month (UTC). It holds to the cent: docs/limits.md."),
} satisfies Record<LimitName, unknown>);
export type LimitsEntry = z.infer<typeof LimitsEntry>;

export const TenantEntry = z.extend(LimitsEntry, {
  origins: optional(z.array(origin), "Pages that may call for it; by default those of ALLOWED_ORIGINS."),
  kinds: optional(listOf(kindName), "Kinds that it may name; by default every one, and every model."),
  perUser: optional(LimitsEntry, "For each of its users by itself."),
  note,
});
export type TenantEntry = z.infer<typeof TenantEntry>;

export const IdentityEntry = z.strictObject({
  issuer: described(httpsUrl, "What iss is, to the letter."),
  jwksUrl: described(httpsUrl, "Where its public keys are."),
  audience: optional(name, "What aud must name. This or authorizedParties is required."),
  authorizedParties: optional(listOf(name), "What azp must be one of, such as the app's own origin (Clerk)."),
  algorithms: optional(
    listOf(z.enum(["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"])),
    "How its tokens may be signed. RS256, ES256 and EdDSA by default.",
  ),
  tenant: optional(tenantName, "Whose users they are. This or tenantClaim; default by default."),
  tenantClaim: optional(name, "The claim that names the tenant, such as org_id."),
  userClaim: optional(name, "The claim that names the user. sub by default."),
  kinds: optional(listOf(kindName), "Kinds that its users may name; by default the tenant's."),
  maxTokens: optional(count, "The largest max_tokens that its users may ask for."),
  note,
});
export type IdentityEntry = z.infer<typeof IdentityEntry>;
