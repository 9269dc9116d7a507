/** https://platform.openai.com/docs/api-reference/chat/streaming */
import type { FinishReason, Usage } from "./chat-completion.ts";

export interface ChatChunk {
  readonly id: string;
  readonly object: "chat.completion.chunk";
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly ChunkChoice[];
  readonly usage?: Usage | null;
  /** Ours, in the last chunks of an answer that is not the usual one. */
  readonly x_lisbon?: LisbonNote;
}

/** What a caller is told in the answer itself, where it is not the usual one. */
export interface LisbonNote {
  /** A backup or a smaller model answered. */
  readonly from_fallback?: boolean;
  /** The step of the kind's ladder that it took. */
  readonly degraded?: string;
  /** For people: the texts of `domain/texts.ts`. */
  readonly notice?: string;
  /** Each route that went on where another broke off, in order. */
  readonly continued?: readonly {
    readonly route: string;
    /** How many characters (UTF-16 units) of the text came before. */
    readonly at_character: number;
    /** Why the one before it ended: a failure kind. */
    readonly after: string;
  }[];
  /** It was given before, to this question or to one like it. */
  readonly from_cache?: true;
  /** 1: to the very same question. */
  readonly cache_similarity?: number;
  /** Seconds. */
  readonly cache_age?: number;
}

export interface ChunkChoice {
  readonly index: number;
  readonly delta: Delta;
  readonly finish_reason: FinishReason | null;
  readonly logprobs?: null;
}

export interface Delta {
  readonly role?: "assistant";
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly ToolCallDelta[];
}

export interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: "function";
  readonly function?: { readonly name?: string; readonly arguments?: string };
  /** What the provider wants back with the call, such as the signature of its thoughts. */
  readonly extra_content?: unknown;
}
