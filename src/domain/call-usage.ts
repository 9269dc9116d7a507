/** The tokens of one call, for log and ledger. */
export interface CallUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** `estimated`: counted from the text, because the provider reported none. */
  readonly source: "reported" | "estimated";
}

/** English prose has about four bytes a token; the ledger corrects this by each route's own measured ratio. */
const BYTES_PER_TOKEN = 4;

export function estimateUsage(promptBytes: number, completionBytes: number): CallUsage {
  return {
    promptTokens: Math.ceil(promptBytes / BYTES_PER_TOKEN),
    completionTokens: Math.ceil(completionBytes / BYTES_PER_TOKEN),
    source: "estimated",
  };
}

/** What all routes of one answer billed; estimated as soon as one of them is. */
export function sumUsage(parts: readonly CallUsage[]): CallUsage {
  const sum = (of: (part: CallUsage) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    promptTokens: sum((part) => part.promptTokens),
    completionTokens: sum((part) => part.completionTokens),
    source: parts.every(({ source }) => source === "reported") ? "reported" : "estimated",
  };
}
