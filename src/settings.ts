/** What the Worker's own variables say, apart from the routes. `build-deps.ts` reads them. */
export interface Settings {
  /** What callers present; null: the secret is missing and nobody is served. */
  readonly apiKey: string | null;
  readonly adminKey: string | null;
  /** Exact origins whose pages may call. */
  readonly allowedOrigins: readonly string[];
  readonly environment: "development" | "staging" | "production";
}
