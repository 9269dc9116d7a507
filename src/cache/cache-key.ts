/**
 * What makes two requests the same: everything that can change the answer, and nothing else. `exact` is the whole of it;
 * `context` is all but the last question, so that only questions that were asked in the same words of everything else
 * (system prompt, earlier turns, model, parameters, tenant, user) are ever compared.
 */
import { canonicalJson } from "../lib/canonical-json.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { isTextPart, partsOf } from "../openai/parts.ts";
import type { ChatRequest, Content, Message } from "../openai/chat-request.ts";
import { withoutMoment } from "./without-moment.ts";

/** For whom an answer counts. */
export interface CacheScope {
  readonly tenant: string;
  readonly kind: string;
  /** `tenant`: one user's answer may be given to another. */
  readonly per: "tenant" | "user";
  /** Null: the tenant's own server. */
  readonly user: string | null;
}

export interface CacheKey {
  readonly exact: string;
  readonly context: string;
  /** The last question's text; null: it is none that could be compared. */
  readonly question: string | null;
}

/** For requests of which `whyNotCached` says nothing. `beside`: what else changes the answer, such as a beta header. */
export async function cacheKeyOf(request: ChatRequest, scope: CacheScope, beside: unknown = null): Promise<CacheKey> {
  const { messages, ...parameters } = request;
  const last = messages.at(-1);
  const question = last?.role === "user" ? textOf(last.content) : null;
  const before = messages.slice(0, -1).map(meaningOf);
  const around = {
    scope: [scope.tenant, scope.kind, ...(scope.per === "user" ? [scope.user] : [])],
    beside,
    parameters: without(parameters, IGNORED_FIELDS),
    before,
    last: last === undefined ? null : { ...meaningOf(last), content: null },
  };
  const [exact, context] = await Promise.all([
    sha256Hex(canonicalJson({ ...around, last: last === undefined ? null : meaningOf(last) })),
    sha256Hex(canonicalJson(around)),
  ]);
  return { exact, context, question: question !== null && question.trim() !== "" ? question : null };
}

/** They say who asks, when, and how the answer is to be sent; none of them changes what it says. */
const IGNORED_FIELDS: ReadonlySet<string> = new Set([
  "stream",
  "stream_options",
  "user",
  "metadata",
  "store",
  "private",
  "safety_identifier",
  "prompt_cache_key",
  "prompt_cache_retention",
  "service_tier",
  "id",
  "request_id",
  "created",
  "created_at",
  "timestamp",
]);

/** Some apps send their own rows as messages. */
const IGNORED_OF_MESSAGE: ReadonlySet<string> = new Set([
  "id",
  "created",
  "created_at",
  "createdAt",
  "timestamp",
  "metadata",
]);

function meaningOf(message: Message): Record<string, unknown> {
  const rest = without(message, IGNORED_OF_MESSAGE);
  const text = textOf(message.content);
  if (text === null) return rest;
  const content = message.role === "system" || message.role === "developer" ? withoutMoment(text) : text;
  return { ...rest, content: content.replaceAll("\r\n", "\n").trim() };
}

/** A text and a list that holds just this text are the same. Null: there is more than one, or other than text. */
function textOf(content: Content | null | undefined): string | null {
  if (typeof content === "string") return content;
  const [first, ...more] = partsOf(content);
  return first !== undefined && more.length === 0 && isTextPart(first) ? first.text : null;
}

/** What is null is as good as absent: https://platform.openai.com/docs/api-reference/chat/create */
function without(value: object, ignored: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name, one]) => one != null && !ignored.has(name)));
}
