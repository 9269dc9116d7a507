/** OpenAI's error shape, which every official SDK turns into a typed error. https://platform.openai.com/docs/guides/error-codes */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    /** Stable; listed in docs/errors.md. */
    readonly code: string;
  };
}

/**
 * The last event of a stream that broke after its first words. The official
 * SDKs throw a typed error when they meet it, so that half an answer is never
 * taken for a whole one.
 */
export function errorEvent(code: string, message: string): string {
  const body: ErrorBody = { error: { message, type: "upstream_error", param: null, code } };
  return `data: ${JSON.stringify(body)}\n\n`;
}
