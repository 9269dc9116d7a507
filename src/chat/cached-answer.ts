/**
 * Kept answers, as a call is given them: as a step of the ladder, or before any provider is asked where its kind says
 * `"cache": "always"`. Nobody fails or waits longer because of it.
 */
import type { CacheCall } from "../cache/answer-cache.ts";
import { cachedCompletion } from "../cache/cached-completion.ts";
import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { CacheSettings } from "../domain/kind.ts";
import { inTime } from "../lib/in-time.ts";
import type { LisbonNote } from "../openai/chat-chunk.ts";
import type { Reply } from "./reply.ts";
import { textsOf } from "./texts-of.ts";
import type { Trail } from "./trail.ts";

export type CachedReply = Extract<Reply, { readonly kind: "cached" }>;

/** Where a provider would have answered it: longer than an answer that is near takes, shorter than anybody notices. */
const ALWAYS_MS = 500;
/** Longer names of users are no names. */
const MOST_USER_CHARS = 256;

/**
 * The step `cached_answer`. Null: its kind keeps none, there is none, or nobody could say within `limitMs`. Never rejects.
 * `call`: as its caller asked it, not as another step has changed it.
 */
export async function cachedAnswer(
  call: PlannedCall,
  limitMs: number,
  trail: Trail,
  deps: Deps,
): Promise<CachedReply | null> {
  const cache = mayBeGiven(call);
  const reply = cache && (await find(call, cache, limitMs, deps));
  if (reply === null) return null;
  const told: LisbonNote = { ...reply.told, degraded: "cached_answer", notice: textsOf(call, deps).cached };
  trail.told = told;
  return { ...reply, told };
}

/** Null, at once and asking nobody, for nearly every call: its kind does not say `always`. */
export function alwaysCached(call: PlannedCall, deps: Deps): Promise<CachedReply | null> | null {
  const cache = mayBeGiven(call);
  return cache?.when === "always" ? find(call, cache, ALWAYS_MS, deps) : null;
}

/** Null: its kind keeps none, or half of another answer was said already, which no whole one goes on with. */
function mayBeGiven({ kind, from }: PlannedCall): CacheSettings | null {
  return from.kind === "job" && from.said !== null ? null : kind.cache;
}

async function find(
  call: PlannedCall,
  settings: CacheSettings,
  limitMs: number,
  deps: Deps,
): Promise<CachedReply | null> {
  if (limitMs <= 0) return null;
  const { clock, answers } = deps;
  try {
    const answer = await inTime(clock, limitMs, answers.find(cacheCallOf(call, deps), settings));
    if (answer.kind === "none") return null;
    const { found } = answer;
    // What is only similar never reads as the same.
    const similarity = found.match === "exact" ? 1 : Math.min(0.999, Math.floor(found.similarity * 1000) / 1000);
    return {
      kind: "cached",
      completion: cachedCompletion(found, `chatcmpl-${call.requestId}`, clock.now()),
      routeId: found.answer.route,
      similarity,
      ageMs: found.ageMs,
      told: { from_cache: true, cache_similarity: similarity, cache_age: Math.round(found.ageMs / 1000) },
    };
  } catch {
    // Too late: whoever comes next in the ladder has its turn.
    return null;
  }
}

/** What the cache is told of a call. A tenant's server may name its user in the request, as OpenAI has it. */
export function cacheCallOf(call: PlannedCall, { routing, breakers }: Pick<Deps, "routing" | "breakers">): CacheCall {
  const { request, native, kind, from } = call;
  const { embeddings } = routing;
  const user = from.user ?? request.user ?? null;
  const isPrivate = from.kind === "caller" ? from.wishes.isPrivate : from.isPrivate === true;
  // Kept for each user, and nobody says who it is: all of them would be one.
  const isNobodys = kind.cache?.per === "user" && user === null;
  return {
    request,
    native,
    tenant: from.tenant,
    user,
    kind: kind.name,
    isPrivate: isPrivate || isNobodys || (user !== null && user.length > MOST_USER_CHARS),
    mayAskRoute: embeddings !== null && !breakers.paused(embeddings) && breakers.blocked(embeddings) === null,
  };
}
