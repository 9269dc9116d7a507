/**
 * A provider's words, fit for a log: one line, bounded, and without anything
 * that looks like a key. Providers do repeat keys ("Incorrect API key provided:
 * sk-…"), gateways in front of them repeat whole headers. Ids go too: they look
 * the same, and nobody needs them to tell two errors apart.
 */
export function scrub(text: string, maxLength: number): string {
  // Cut first: an error page may be large, and replacing only ever shortens.
  const beginning = text.slice(0, maxLength * 4);
  const line = beginning.replaceAll(SECRET, "[…]").replaceAll(WHITESPACE_AND_CONTROL, " ").trim();
  const cut = line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
  return cut.toWellFormed();
}

// oxlint-disable-next-line no-control-regex -- control characters are what must go
const WHITESPACE_AND_CONTROL = /[\s\u0000-\u001f\u007f]+/g;

/**
 * In this order: what follows `Bearer`, `key=` and the like; keys by their makers' prefixes; masked keys
 * (`abc***xyz`); UUIDs; and any unbroken run of 28 characters or more that has both letters and digits. Model
 * names have hyphens and dots sooner than that.
 */
const SECRET = new RegExp(
  [
    String.raw`(?<=\bBearer\s+)[^\s"',;]+`,
    String.raw`(?<=\b(?:api[-_]?key|x-api-key|x-goog-api-key|key|token|secret|password)\s*["']?\s*[=:]\s*["']?)[^\s"',;&]{8,}`,
    String.raw`\b(?:sk|pk|rk|gsk|xai|nvapi|hf|csk|pplx|r8|tgp|fw|lsb)[-_][A-Za-z0-9_*.…-]{6,}`,
    String.raw`\bAIza[A-Za-z0-9_-]{8,}`,
    String.raw`\bAQ\.[A-Za-z0-9_-]{8,}`,
    String.raw`[A-Za-z0-9_-]*\*{3,}[A-Za-z0-9_*-]*`,
    String.raw`\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b`,
    String.raw`(?=[A-Za-z_]*\d)(?=\d*[A-Za-z])[A-Za-z0-9_+/]{28,}={0,2}`,
  ].join("|"),
  "g",
);
