/**
 * What an error's message means where its code says too little. Providers
 * change their codes less often than their wording, so codes come first; but
 * Anthropic reports an empty balance as a plain 400, and gateways that speak
 * OpenAI's language pass on whatever the model server behind them said.
 */
import type { FailureKind } from "../domain/failure.ts";

interface Wording {
  readonly kind: FailureKind;
  readonly words: RegExp;
  /** Elsewhere the same words may only be quoted from the caller's request. 200: an error inside an answer. */
  readonly statuses: readonly number[];
}

/** `callersMistake`: the error names a field of the request, so only what concerns the request itself is looked for. */
export function kindOfWords(message: string, status: number, callersMistake: boolean): FailureKind | null {
  // What is quoted is the caller's, and no caller may move an account.
  const own = message.replace(QUOTED, " ");
  const found = WORDINGS.find(
    ({ kind, words, statuses }) =>
      statuses.includes(status) &&
      (OF_THE_REQUEST.has(kind) ? words.test(message) : !callersMistake && words.test(own)),
  );
  return found?.kind ?? null;
}

const OF_THE_REQUEST: ReadonlySet<FailureKind> = new Set(["context_overflow", "content_filtered", "prefill_refused"]);

/** Between quotation marks; an apostrophe inside a word is none. */
const QUOTED = /"[^"]*"|`[^`]*`|“[^”]*”|(?<![a-z])'[^']*'(?![a-z])/gi;

const WORDINGS: readonly Wording[] = [
  {
    // Claude from 4.6 on, also at Bedrock (https://github.com/anomalyco/opencode/issues/19981); Mistral.
    kind: "prefill_refused",
    words:
      /does not support assistant message prefill|conversation must end with a user message|expected last role user or tool/i,
    statuses: [200, 400, 422],
  },
  {
    // Anthropic: "Your credit balance is too low to access the Anthropic API" as a 400.
    // https://github.com/BerriAI/litellm/issues/16092
    kind: "credit_exhausted",
    words:
      /credit balance is too low|insufficient (?:credits?|balance|funds)|(?:out of|not enough|requires more) credits|credits? (?:are|is|have been) (?:depleted|exhausted)|billing hard limit|payment required/i,
    statuses: [200, 400, 402, 403, 429],
  },
  {
    // Anthropic: "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."
    kind: "quota_exhausted",
    words:
      /reached your specified (?:workspace )?API usage limits|monthly spend limit|exceeded your (?:current|monthly|weekly|daily) quota/i,
    statuses: [200, 400, 403, 429],
  },
  {
    // OpenAI's 403, Gemini's 400, Anthropic's 403 "Request not allowed".
    // https://github.com/anthropics/anthropic-sdk-typescript/issues/457
    kind: "region_blocked",
    words:
      /country, region, or territory|user location is not supported|(?:not (?:available|supported)|unsupported) (?:in|from)? ?(?:your )?(?:country|countries|region|location)|^request not allowed$/i,
    statuses: [200, 400, 403, 451],
  },
  {
    // Gemini reports a bad key as a 400.
    kind: "auth_failed",
    words:
      /api[ _]key (?:not valid|not found|expired|is invalid|was reported as leaked)|(?:invalid|incorrect) api[ _]key/i,
    statuses: [200, 400, 401, 403],
  },
  {
    // OpenAI, vLLM, llama.cpp, Anthropic, Gemini, Groq, Mistral, in this order.
    kind: "context_overflow",
    words:
      /maximum context length|context[ _](?:length|window|size)|exceeds? the available context|prompt is too long|input token count .{0,40}exceeds|input is too long|reduce the length of (?:the|your) (?:messages|prompt|input)|too many (?:input )?tokens|request too large for/i,
    statuses: [200, 400, 413, 422, 429, 500],
  },
  {
    // OpenAI, Azure, Anthropic ("Output blocked by content filtering policy"), OpenRouter.
    kind: "content_filtered",
    words:
      /content (?:filter|management|policy|safety)|safety system|flagged (?:as|by|for)|input was flagged|violat\w+ (?:our|the) usage polic/i,
    statuses: [200, 400, 403, 422, 451, 500],
  },
  {
    kind: "overloaded",
    words: /\boverloaded\b|over capacity|at capacity|slow down/i,
    statuses: [200, 500, 502, 503, 529],
  },
];
