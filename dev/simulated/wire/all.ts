import { anthropic } from "./anthropic/index.ts";
import { bedrock } from "./bedrock/index.ts";
import { gemini } from "./gemini/index.ts";
import { openai } from "./openai/index.ts";
import type { Received, WireFormat } from "./wire-format.ts";

/** OpenAI last: three list models at `/v1/models`, and the others are told by a header of their own. */
const wireFormats: readonly WireFormat[] = [anthropic, gemini, bedrock, openai];

export function wireFormatOf(received: Received): WireFormat | undefined {
  return wireFormats.find((format) => format.owns(received));
}
