/** The languages that callers speak: OpenAI's chat completions, and Anthropic's messages. */
export type DialectId = "openai" | "anthropic";
