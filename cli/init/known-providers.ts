/** What `lisbon init` offers. Models are a start: the map is there to be changed. */
import type { RouteEntry } from "../../src/routing/map-routes.ts";

export interface OfferedProvider {
  readonly id: string;
  readonly label: string;
  /** What it needs, the key first. */
  readonly variables: readonly string[];
  /** The first where it is Warm, all of them where it is Hot. */
  readonly routes: readonly RouteEntry[];
}

function offered(
  id: string,
  label: string,
  variables: readonly [string, ...string[]],
  models: readonly Omit<RouteEntry, "provider" | "key">[],
): OfferedProvider {
  const key = `\${${variables[0]}}`;
  return { id, label, variables, routes: models.map((model) => ({ provider: id, ...model, key })) };
}

export const OFFERED: readonly OfferedProvider[] = [
  offered(
    "anthropic",
    "Anthropic (Claude)",
    ["ANTHROPIC_KEY"],
    [
      { model: "claude-sonnet-4-6", context: 200_000 },
      { model: "claude-haiku-4-5", context: 200_000 },
    ],
  ),
  offered(
    "openai",
    "OpenAI (GPT)",
    ["OPENAI_API_KEY"],
    [
      { model: "gpt-4.1", context: 1_047_576 },
      { model: "gpt-4.1-mini", context: 1_047_576 },
    ],
  ),
  offered(
    "google",
    "Google (Gemini)",
    ["GEMINI_API_KEY"],
    [
      { model: "gemini-3-flash", context: 1_000_000 },
      { model: "gemini-2.5-flash", context: 1_000_000 },
    ],
  ),
  offered(
    "aws-bedrock",
    "Amazon Bedrock",
    ["AWS_BEARER_TOKEN_BEDROCK", "AWS_REGION"],
    [
      // As Anthropic's own list has it.
      {
        model: "eu.anthropic.claude-sonnet-4-6",
        context: 200_000,
        price: { inputPerMillion: 3, outputPerMillion: 15 },
      },
    ],
  ),
  offered(
    "nvidia",
    "NVIDIA (free models)",
    ["NVIDIA_API_KEY"],
    [{ model: "meta/llama-3.3-70b-instruct", cost: "free", context: 128_000 }],
  ),
  offered(
    "openrouter",
    "OpenRouter (free models)",
    ["OPENROUTER_API_KEY"],
    [{ model: "meta-llama/llama-3.3-70b-instruct:free", cost: "free", context: 128_000 }],
  ),
];

export interface OfferedServer {
  readonly id: "lmstudio" | "ollama";
  readonly label: string;
  readonly model: string;
  /** Where it listens by itself, without the path. */
  readonly url: string;
}

/** Reached through a tunnel once deployed: a Worker cannot see your desk. */
export const TUNNEL = "TUNNEL_URL";

export const SERVERS: readonly OfferedServer[] = [
  { id: "lmstudio", label: "LM Studio", model: "qwen2.5-coder-3b-instruct", url: "http://127.0.0.1:1234" },
  { id: "ollama", label: "Ollama", model: "llama3.2", url: "http://127.0.0.1:11434" },
];
