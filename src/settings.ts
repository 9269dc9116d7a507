/** What the Worker's own variables say, apart from the routes. `build-deps.ts` reads them. */
export interface Settings {
  /** Sign the callers' keys and tokens: the first makes them, each is believed. None: nobody is served. */
  readonly keySecrets: readonly string[];
  readonly adminKey: string | null;
  /** Reads `/metrics` and nothing else; null: only the admin key does. */
  readonly metricsToken: string | null;
  /** Exact origins whose pages may call. */
  readonly allowedOrigins: readonly string[];
  readonly environment: "development" | "staging" | "production";
  /** Where this Worker is reached from outside, without a trailing slash; null: as each request was addressed. */
  readonly publicUrl: string | null;
  /** Null: no token; the jobs' own alarms deliver. */
  readonly qstash: QstashSettings | null;
  /** Null: no credentials; the switchboard alone holds the pause. */
  readonly redis: { readonly url: string; readonly token: string } | null;
  /** What `POST /budget/webhook` asks of the plain shape; null: it is closed. */
  readonly budgetSecret: string | null;
  /** For senders that cannot set headers: can only pause. */
  readonly pauseToken: string | null;
  /** Signs callbacks and notices to webhooks (Standard Webhooks, `whsec_…`); null: neither is sent. */
  readonly signingSecret: string | null;
  /** Null: no e-mail is sent. */
  readonly resend: { readonly url: string; readonly apiKey: string; readonly from: string } | null;
  /** Keys that read an organisation's costs. */
  readonly costKeys: { readonly openai: string | null; readonly anthropic: string | null };
  /** Faults and a moved clock may be injected by whoever has the admin key. */
  readonly chaos: boolean;
  /** With `chaos` only: every clock is ahead by so much. */
  readonly clockAheadMs: number;
}

export interface QstashSettings {
  readonly url: string;
  readonly token: string;
  readonly currentSigningKey: string;
  readonly nextSigningKey: string;
}
