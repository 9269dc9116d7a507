import type { Env } from "./env.ts";
import { MIN_SECRET_CHARS } from "./identity/server-key.ts";
import type { QstashSettings, Settings } from "./settings.ts";

/** The environment as settings: an empty variable is as good as none. */
export function settingsOf(env: Env): Settings {
  const environment = environmentName(env.LISBON_ENVIRONMENT);
  const chaos = faultsAllowed(env.CHAOS, environment);
  const { UPSTASH_REDIS_REST_URL: redisUrl, UPSTASH_REDIS_REST_TOKEN: redisToken } = env;
  const { RESEND_API_KEY: resendKey, NOTICE_FROM: from } = env;
  return {
    keySecrets: keySecretsOf(env.LISBON_KEY_SECRET ?? ""),
    adminKey: env.LISBON_ADMIN_KEY || null,
    metricsToken: env.METRICS_TOKEN || null,
    allowedOrigins: (env.ALLOWED_ORIGINS ?? "")
      .split(",")
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ""),
    environment,
    publicUrl: env.LISBON_URL?.replace(/\/+$/, "") || null,
    qstash: qstashOf(env),
    redis: redisUrl && redisToken ? { url: redisUrl, token: redisToken } : null,
    budgetSecret: env.BUDGET_WEBHOOK_SECRET || null,
    pauseToken: env.BUDGET_PAUSE_TOKEN || null,
    signingSecret: env.LISBON_SIGNING_SECRET || null,
    resend: resendKey && from ? { url: env.RESEND_URL || RESEND, apiKey: resendKey, from } : null,
    costKeys: { openai: env.OPENAI_ADMIN_KEY || null, anthropic: env.ANTHROPIC_ADMIN_KEY || null },
    chaos,
    clockAheadMs: chaos ? Number(env.LISBON_CLOCK_AHEAD_MS) || 0 : 0,
  };
}

/** Real callers' answers are no place for a drill, whatever a variable says. */
export function faultsAllowed(chaos: string | undefined, environment: Settings["environment"]): boolean {
  return chaos === "on" && environment !== "production";
}

/** With a comma between them while one takes the other's place. One that could be guessed is none. */
function keySecretsOf(text: string): readonly string[] {
  const secrets = text.split(",").map((secret) => secret.trim());
  return secrets.every(({ length }) => length >= MIN_SECRET_CHARS) ? secrets : [];
}

/** https://upstash.com/docs/qstash/overall/llms-txt */
const QSTASH = "https://qstash.upstash.io";
/** https://resend.com/docs/api-reference/introduction */
const RESEND = "https://api.resend.com";

function qstashOf(env: Env): QstashSettings | null {
  const { QSTASH_TOKEN: token, QSTASH_CURRENT_SIGNING_KEY: current, QSTASH_NEXT_SIGNING_KEY: next } = env;
  // Without the keys no delivery could be believed, so nothing is published either.
  if (!token || !current) return null;
  return { url: env.QSTASH_URL || QSTASH, token, currentSigningKey: current, nextSigningKey: next || current };
}

function environmentName(name: string | undefined): Settings["environment"] {
  return name === "development" || name === "staging" ? name : "production";
}
