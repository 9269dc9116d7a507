import { type ClaudeModel, claudeModel } from "../anthropic/model.ts";

/**
 * `us.anthropic.claude-sonnet-4-5-20250929-v1:0` is a Claude; null: another maker's model, or an ARN that does not
 * say whose it is. https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html
 */
export function claudeIn(name: string): ClaudeModel | null {
  return /claude/i.test(name) ? claudeModel(name) : null;
}

/**
 * Schemas for answers and strict tools: of Claude's from 4.5 on. Of the other makers' some do, which the map may say.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function takesSchemas(claude: ClaudeModel | null): boolean {
  return (claude?.version ?? Infinity) >= 405;
}
