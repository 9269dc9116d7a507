import type { Settings } from "../../src/settings.ts";

/** A Worker of which nothing is configured, in production. */
export const bareSettings: Settings = {
  keySecrets: [],
  adminKey: null,
  metricsToken: null,
  allowedOrigins: [],
  environment: "production",
  publicUrl: null,
  qstash: null,
  redis: null,
  budgetSecret: null,
  pauseToken: null,
  signingSecret: null,
  resend: null,
  costKeys: { openai: null, anthropic: null },
  chaos: false,
  clockAheadMs: 0,
};
