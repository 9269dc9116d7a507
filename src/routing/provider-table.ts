/**
 * What Lisbon knows about providers by name: one table for routes, alerts and
 * pauses alike. A provider that is not in it speaks OpenAI's language, needs a
 * `baseUrl`, and is sent a key only where its route names one.
 */
import type { ApiId, CostClass } from "../domain/route.ts";

export interface ProviderDefaults {
  /** Other names that people write for it. */
  readonly aliases: readonly string[];
  /** Where it is called when the route has no `baseUrl`; null: the route must have one. */
  readonly baseUrl: string | null;
  /** Its own hosts; a leading dot means every host below. Only there its own API is the default. */
  readonly ownHosts: readonly string[];
  readonly api: ApiId;
  /** The variables that may hold its key; the first that is set counts. Empty: no key is sent unless the route names one. */
  readonly keyVariables: readonly string[];
  readonly cost: CostClass;
}

/** A bearer key, named as Amazon's own SDKs name it. */
export const BEDROCK_KEY = "AWS_BEARER_TOKEN_BEDROCK";

export const PROVIDERS: Readonly<Record<string, ProviderDefaults>> = {
  /** https://docs.anthropic.com/en/api/overview */
  anthropic: {
    aliases: ["claude"],
    baseUrl: "https://api.anthropic.com",
    ownHosts: ["api.anthropic.com"],
    api: "anthropic",
    keyVariables: ["ANTHROPIC_KEY", "ANTHROPIC_API_KEY"],
    cost: "paid",
  },
  /** https://platform.openai.com/docs/api-reference */
  openai: speaksOpenai("https://api.openai.com/v1", ["OPENAI_API_KEY"], ["gpt", "chatgpt"]),
  /** https://ai.google.dev/api; at `/v1beta/openai` it speaks OpenAI's language: https://ai.google.dev/gemini-api/docs/openai */
  google: {
    aliases: ["gemini", "google-ai-studio", "googleai", "vertex"],
    baseUrl: "https://generativelanguage.googleapis.com",
    ownHosts: ["generativelanguage.googleapis.com"],
    api: "gemini",
    keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    cost: "paid",
  },
  /**
   * https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html, and without such a key `aws-keys.ts`.
   * https://docs.aws.amazon.com/general/latest/gr/bedrock.html#br-rt; its `/openai/v1` speaks OpenAI's language.
   */
  "aws-bedrock": {
    aliases: ["bedrock", "aws", "amazon", "amazon-bedrock"],
    baseUrl: "https://bedrock-runtime.${AWS_REGION}.amazonaws.com",
    ownHosts: [".amazonaws.com"],
    api: "bedrock",
    keyVariables: [BEDROCK_KEY],
    cost: "paid",
  },
  /** https://docs.api.nvidia.com/nim/reference/llm-apis */
  nvidia: speaksOpenai("https://integrate.api.nvidia.com/v1", ["NVIDIA_API_KEY"], ["nim", "nvidia-nim"]),
  /** https://docs.mistral.ai/api */
  mistral: speaksOpenai("https://api.mistral.ai/v1", ["MISTRAL_API_KEY"], ["mistralai"]),
  /** https://console.groq.com/docs/openai */
  groq: speaksOpenai("https://api.groq.com/openai/v1", ["GROQ_API_KEY"]),
  /** https://api-docs.deepseek.com */
  deepseek: speaksOpenai("https://api.deepseek.com/v1", ["DEEPSEEK_API_KEY"]),
  /** https://docs.x.ai/docs/api-reference */
  xai: speaksOpenai("https://api.x.ai/v1", ["XAI_API_KEY"], ["grok", "x-ai"]),
  /** https://openrouter.ai/docs/api-reference/overview */
  openrouter: speaksOpenai("https://openrouter.ai/api/v1", ["OPENROUTER_API_KEY"]),
  /** https://docs.together.ai/docs/openai-api-compatibility */
  together: speaksOpenai("https://api.together.xyz/v1", ["TOGETHER_API_KEY"], ["together-ai", "togetherai"]),
  /** https://docs.fireworks.ai/tools-sdks/openai-compatibility */
  fireworks: speaksOpenai("https://api.fireworks.ai/inference/v1", ["FIREWORKS_API_KEY"], ["fireworks-ai"]),
  /** https://inference-docs.cerebras.ai/resources/openai */
  cerebras: speaksOpenai("https://api.cerebras.ai/v1", ["CEREBRAS_API_KEY"]),
  /** https://lmstudio.ai/docs/app/api/endpoints/openai */
  lmstudio: localServer("http://127.0.0.1:1234/v1", ["lm-studio", "lm_studio"]),
  /** https://github.com/ollama/ollama/blob/main/docs/openai.md */
  ollama: localServer("http://127.0.0.1:11434/v1"),
};

/** Variables that mean the same thing: where the one that is named is not set, the other counts. */
const SAME_VARIABLES = Object.values(PROVIDERS).map((provider) => provider.keyVariables);

const CANONICAL_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(PROVIDERS).flatMap(([name, { aliases }]) => [name, ...aliases].map((alias) => [alias, name] as const)),
);

/** The one name of a provider: `Gemini` is `google`; an unknown name stays as it is, in lower case. */
export function canonicalProvider(name: string): string {
  const written = name.trim().toLowerCase();
  return CANONICAL_NAMES.get(written) ?? written;
}

/** `name` first, then the variables that mean the same. */
export function sameVariables(name: string): readonly string[] {
  const group = SAME_VARIABLES.find((names) => names.includes(name)) ?? [];
  return [name, ...group.filter((other) => other !== name)];
}

/** What a known provider brings along; null: unknown. */
export function providerDefaults(name: string): ProviderDefaults | null {
  const canonical = canonicalProvider(name);
  return Object.hasOwn(PROVIDERS, canonical) ? (PROVIDERS[canonical] ?? null) : null;
}

function speaksOpenai(
  baseUrl: string,
  keyVariables: readonly string[],
  aliases: readonly string[] = [],
): ProviderDefaults {
  return { aliases, baseUrl, ownHosts: [new URL(baseUrl).hostname], api: "openai", keyVariables, cost: "paid" };
}

function localServer(baseUrl: string, aliases: readonly string[] = []): ProviderDefaults {
  return { aliases, baseUrl, ownHosts: [], api: "openai", keyVariables: [], cost: "local" };
}
