/**
 * What a simulated model is asked and what it answers, in words that belong to
 * no provider. Each wire format turns its request into a Question and an Answer
 * into its own bytes, so all of them give the same answer to the same question.
 */
export interface Question {
  readonly model: string;
  readonly system: string;
  readonly turns: readonly Turn[];
  /** The images of the last turn. */
  readonly images: number;
  readonly tools: readonly ToolOffer[];
  readonly toolChoice: ToolChoice;
  readonly parallelTools: boolean;
  readonly format: AnswerFormat;
  readonly stop: readonly string[];
  readonly maxTokens: number | undefined;
  readonly thinks: boolean;
  /** May a part of the prompt come from the provider's cache? OpenAI and Gemini: always; Anthropic: where it is marked. */
  readonly cacheable: boolean;
  readonly seed: number | undefined;
}

export interface Turn {
  readonly role: "user" | "assistant" | "tool";
  readonly text: string;
}

export interface ToolOffer {
  readonly name: string;
  /** A JSON Schema, or Gemini's dialect of it; `undefined` for a tool without arguments. */
  readonly schema: unknown;
}

export type ToolChoice =
  | { readonly kind: "none" | "auto" | "required" }
  | { readonly kind: "named"; readonly names: readonly string[] };

export type AnswerFormat = { readonly kind: "text" | "json" } | { readonly kind: "schema"; readonly schema: unknown };

export interface Answer {
  readonly thoughts: string;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: "stop" | "length" | "tools" | "refusal";
  /** The stop sequence that ended the text. */
  readonly stoppedBy: string | undefined;
  readonly usage: AnswerUsage;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface AnswerUsage {
  /** All tokens of the prompt, cached ones included. */
  readonly input: number;
  readonly cached: number;
  /** All tokens of the answer, reasoning included. */
  readonly output: number;
  readonly reasoning: number;
}
