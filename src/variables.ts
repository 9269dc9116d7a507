/**
 * Every variable that Lisbon itself knows: for the Worker's `Env`, for
 * `.dev.vars.example`, and for whoever deploys. A map may name further ones in
 * its placeholders.
 */
export interface Variable {
  readonly name: string;
  /** One line: what it is for. */
  readonly what: string;
  /** Where to get it. */
  readonly where: string;
  /** A deployed Worker does not work without it. Provider keys are needed only by the routes that use them. */
  readonly required: boolean;
}

export const VARIABLES = [
  {
    name: "LISBON_KEY_SECRET",
    what: "signs the keys and tokens of your callers; two with a comma between them while you change it",
    where: "make one of at least 32 characters: openssl rand -hex 32",
    required: true,
  },
  {
    name: "LISBON_ADMIN_KEY",
    what: "the key for /admin; without it /admin is closed",
    where: "make one: openssl rand -hex 32",
    required: false,
  },
  {
    name: "METRICS_TOKEN",
    what: "for Prometheus: reads /metrics and nothing else; without it the admin key does",
    where: "make one: openssl rand -hex 32",
    required: false,
  },
  {
    name: "ALLOWED_ORIGINS",
    what: "the web pages that may call from a browser, with commas between",
    where: "your own origins, such as https://app.example.com",
    required: false,
  },
  {
    name: "LISBON_ENVIRONMENT",
    what: "development, staging or production",
    where: "set in wrangler.toml; npm start sets development",
    required: false,
  },
  {
    name: "LISBON_URL",
    what: "where this Worker is reached from outside, for QStash and for links in notices",
    where: "your own, such as https://lisbon.example.com; by default as each request was addressed",
    required: false,
  },
  {
    name: "QSTASH_TOKEN",
    what: "publishes parked calls; without it the jobs' own alarms deliver them",
    where: "https://console.upstash.com/qstash",
    required: false,
  },
  {
    name: "QSTASH_URL",
    what: "QStash's address, where it is not the usual one",
    where: "https://console.upstash.com/qstash",
    required: false,
  },
  {
    name: "QSTASH_CURRENT_SIGNING_KEY",
    what: "verifies QStash's deliveries",
    where: "https://console.upstash.com/qstash",
    required: false,
  },
  {
    name: "QSTASH_NEXT_SIGNING_KEY",
    what: "verifies QStash's deliveries after a rotation",
    where: "https://console.upstash.com/qstash",
    required: false,
  },
  {
    name: "UPSTASH_REDIS_REST_URL",
    what: "the Redis that holds pause_ai_tasks; without it the switchboard alone holds the pause",
    where: "https://console.upstash.com/redis",
    required: false,
  },
  {
    name: "UPSTASH_REDIS_REST_TOKEN",
    what: "its token",
    where: "https://console.upstash.com/redis",
    required: false,
  },
  {
    name: "BUDGET_WEBHOOK_SECRET",
    what: "the secret of POST /budget/webhook",
    where: "make one: openssl rand -hex 32",
    required: false,
  },
  {
    name: "BUDGET_PAUSE_TOKEN",
    what: "the same for senders that can only set ?token=; it can only pause",
    where: "make one: openssl rand -hex 32",
    required: false,
  },
  {
    name: "BUDGET_PAUSE_AT_PERCENT",
    what: "at how many per cent of a budget everything is paused; 80 by default",
    where: "your own choice",
    required: false,
  },
  {
    name: "LISBON_SIGNING_SECRET",
    what: "signs callbacks and notices to webhooks (Standard Webhooks)",
    where: "make one: echo whsec_$(openssl rand -base64 32)",
    required: false,
  },
  {
    name: "SLACK_WEBHOOK_URL",
    what: "where notices go in Slack, if the map names it",
    where: "https://api.slack.com/messaging/webhooks",
    required: false,
  },
  {
    name: "RESEND_API_KEY",
    what: "sends notices by e-mail",
    where: "https://resend.com/api-keys",
    required: false,
  },
  {
    name: "RESEND_URL",
    what: "Resend's address, where it is not the usual one",
    where: "tests set it",
    required: false,
  },
  {
    name: "NOTICE_FROM",
    what: "the sender's address of notices by e-mail",
    where: "a domain that you verified at https://resend.com/domains",
    required: false,
  },
  {
    name: "OPENAI_ADMIN_KEY",
    what: "reads OpenAI's costs for the daily budget check",
    where: "https://platform.openai.com/settings/organization/admin-keys",
    required: false,
  },
  {
    name: "ANTHROPIC_ADMIN_KEY",
    what: "reads Anthropic's costs for the daily budget check",
    where: "https://console.anthropic.com/settings/admin-keys",
    required: false,
  },
  {
    name: "CHAOS",
    what: "on: whoever has the admin key may inject faults; never in production",
    where: "your own choice",
    required: false,
  },
  {
    name: "LISBON_CLOCK_AHEAD_MS",
    what: "with CHAOS=on: every clock is ahead by so much, for drills",
    where: "npm run lisbon sets it",
    required: false,
  },
  {
    name: "ANTHROPIC_KEY",
    what: "Anthropic's key (ANTHROPIC_API_KEY counts too)",
    where: "https://console.anthropic.com/settings/keys",
    required: false,
  },
  {
    name: "ANTHROPIC_API_KEY",
    what: "another name for ANTHROPIC_KEY",
    where: "https://console.anthropic.com/settings/keys",
    required: false,
  },
  {
    name: "OPENAI_API_KEY",
    what: "OpenAI's key",
    where: "https://platform.openai.com/api-keys",
    required: false,
  },
  {
    name: "GEMINI_API_KEY",
    what: "Google Gemini's key (GOOGLE_API_KEY counts too)",
    where: "https://aistudio.google.com/apikey",
    required: false,
  },
  {
    name: "GOOGLE_API_KEY",
    what: "another name for GEMINI_API_KEY",
    where: "https://aistudio.google.com/apikey",
    required: false,
  },
  {
    name: "AWS_BEARER_TOKEN_BEDROCK",
    what: "Amazon Bedrock's key; or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY",
    where: "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-generate.html",
    required: false,
  },
  {
    name: "AWS_ACCESS_KEY_ID",
    what: "signs calls to Amazon Bedrock where it has no key of its own",
    where: "https://console.aws.amazon.com/iam",
    required: false,
  },
  {
    name: "AWS_SECRET_ACCESS_KEY",
    what: "its secret",
    where: "https://console.aws.amazon.com/iam",
    required: false,
  },
  {
    name: "AWS_SESSION_TOKEN",
    what: "goes with temporary keys of Amazon's",
    where: "https://docs.aws.amazon.com/STS/latest/APIReference",
    required: false,
  },
  {
    name: "AWS_REGION",
    what: "Amazon's region, for routes to Bedrock without a baseUrl; such as eu-west-1",
    where: "your own choice",
    required: false,
  },
  {
    name: "NVIDIA_API_KEY",
    what: "NVIDIA's key, for its free models",
    where: "https://build.nvidia.com",
    required: false,
  },
  {
    name: "SIM_HOT_URL",
    what: "where the simulated providers of routes.local.json listen, each on a host of its own",
    where: "npm start sets it",
    required: false,
  },
  {
    name: "SIM_HOT_URL_2",
    what: "the second host of the simulated Hot provider",
    where: "npm start sets it",
    required: false,
  },
  {
    name: "SIM_CLAUDE_URL",
    what: "the host of the simulated Anthropic",
    where: "npm start sets it",
    required: false,
  },
  {
    name: "SIM_GEMINI_URL",
    what: "the host of the simulated Gemini",
    where: "npm start sets it",
    required: false,
  },
  {
    name: "SIM_KEY",
    what: "the key for the simulated providers; any text will do",
    where: "npm start sets it",
    required: false,
  },
] as const satisfies readonly Variable[];

export type VariableName = (typeof VARIABLES)[number]["name"];
