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
    name: "LISBON_API_KEY",
    what: "the key that callers send as a bearer token",
    where: "make one: openssl rand -hex 32",
    required: true,
  },
  {
    name: "LISBON_ADMIN_KEY",
    what: "the key for /admin; without it /admin is closed",
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
