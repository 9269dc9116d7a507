/**
 * What differs between Gemini models, read off their names. A name without a
 * version (`gemini-flash-latest`) counts as the newest.
 */
export interface GeminiModel {
  /** `budget`: 2.5; `level`: from 3 on. https://ai.google.dev/gemini-api/docs/thinking */
  readonly thinking: "none" | "budget" | "level";
  /** "Reasoning cannot be turned off for Gemini 2.5 Pro or 3 models." https://ai.google.dev/gemini-api/docs/openai#thinking */
  readonly canStopThinking: boolean;
  /** Pro models have no level below `LOW`. */
  readonly hasMinimal: boolean;
  /** From 3 on, a call in the conversation must carry the signature of its thoughts. https://ai.google.dev/gemini-api/docs/thought-signatures */
  readonly needsSignatures: boolean;
  /** "Function calling with a response mime type: 'application/json' is unsupported", before 3. https://ai.google.dev/gemini-api/docs/structured-output */
  readonly takesToolsWithFormat: boolean;
  /** Images by https URL, from 2.5 on. https://ai.google.dev/gemini-api/docs/file-input-methods */
  readonly fetchesUrls: boolean;
}

export function geminiModel(name: string): GeminiModel {
  const match = /gemini-(\d+)(?:\.(\d+))?/.exec(name);
  const version = match === null ? Infinity : Number(match[1]) * 100 + Number(match[2] ?? 0);
  const isPro = name.includes("pro");
  return {
    thinking: version >= 300 ? "level" : version >= 205 ? "budget" : "none",
    canStopThinking: version < 300 && !isPro,
    hasMinimal: !isPro,
    needsSignatures: version >= 300,
    takesToolsWithFormat: version >= 300,
    fetchesUrls: version >= 205,
  };
}
