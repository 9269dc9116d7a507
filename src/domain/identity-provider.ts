/** Who signs the identities of an app's own users, as the map's `identity` says. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** What `aud` must name; null: it is not looked at, and `authorizedParties` must be. */
  readonly audience: string | null;
  /** What `azp` must be one of; null: it is not looked at. */
  readonly authorizedParties: readonly string[] | null;
  readonly algorithms: readonly string[];
  readonly tenant: { readonly name: string } | { readonly claim: string };
  /** The claim that names the user. */
  readonly userClaim: string;
  readonly kinds: readonly string[] | null;
  readonly maxTokens: number | null;
}
