/** The only list of the wire formats. A new one is a folder, a line here, and a member of `ApiId`. */
import type { ApiId } from "../domain/route.ts";
import { anthropic } from "./anthropic/index.ts";
import { bedrock } from "./bedrock/index.ts";
import { gemini } from "./gemini/index.ts";
import { openai } from "./openai/index.ts";
import type { Provider } from "./provider.ts";

export const providers = { openai, anthropic, gemini, bedrock } as const satisfies Record<ApiId, Provider>;
