/**
 * Cached answers for when nothing else is left, as the spine sees them. When a tenant's cache does not answer, nothing
 * is found and nothing kept: it is a help, and no call may fail because of it. Who waits for it gives it a time.
 */
import type { NativeRequest } from "../domain/call.ts";
import type { CacheSettings } from "../domain/kind.ts";
import type { ChatCompletion } from "../openai/chat-completion.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import { cacheKeyOf, type CacheKey } from "./cache-key.ts";
import type { CacheFound, CachePort } from "./cache-port.ts";
import { textToKeep, type NotKept } from "./text-to-keep.ts";
import { whyNotCached, type NotCached } from "./why-not-cached.ts";

export interface CacheCall {
  readonly request: ChatRequest;
  readonly native: NativeRequest | null;
  readonly tenant: string;
  readonly user: string | null;
  readonly kind: string;
  /** The caller says so beside its request; `store: false` and `private: true` in it are found here. */
  readonly isPrivate: boolean;
  /** See `cache-port.ts`. */
  readonly mayAskRoute: boolean;
}

export type CacheAnswer =
  | { readonly kind: "found"; readonly found: CacheFound }
  | { readonly kind: "none"; readonly why: NotCached | "nothing_near" | "out_of_reach" };

/** `kept`, or why not. */
export type Keeping = "kept" | NotCached | NotKept | "out_of_reach";

export interface AnswerCache {
  find(call: CacheCall, settings: CacheSettings): Promise<CacheAnswer>;
  /** `route`: the id of the one that gave this answer, whole. */
  keep(call: CacheCall, completion: ChatCompletion, route: string, settings: CacheSettings): Promise<Keeping>;
}

/** `objectOf`: a tenant's own object, made anew for each call: a stub belongs to its request. */
export function createAnswerCache(objectOf: (tenant: string) => CachePort): AnswerCache {
  return {
    async find(call, settings) {
      const why = whyNot(call);
      if (why !== null) return { kind: "none", why };
      const { exact, context, question } = await keyOf(call, settings);
      const { threshold, maxAgeMs } = settings;
      const { mayAskRoute } = call;
      const similar = isComparable(question) ? { context, question, threshold } : null;
      try {
        const found = await objectOf(call.tenant).find({ exact, maxAgeMs, similar, mayAskRoute });
        return found === null ? { kind: "none", why: "nothing_near" } : { kind: "found", found };
      } catch {
        // Overloaded, deployed over or gone: the ladder's next step has to do.
        return { kind: "none", why: "out_of_reach" };
      }
    },

    async keep(call, completion, route, settings) {
      const why = whyNot(call);
      if (why !== null) return why;
      const text = textToKeep(completion);
      if (!text.ok) return text.failure;
      const { exact, context, question } = await keyOf(call, settings);
      const entry = {
        exact,
        context,
        user: call.user,
        question: isComparable(question) ? question : null,
        answer: { text: text.value, model: completion.model, route, usage: completion.usage ?? null },
        maxAgeMs: settings.maxAgeMs,
        most: settings.most,
        mayAskRoute: call.mayAskRoute,
      };
      try {
        await objectOf(call.tenant).keep(entry);
        return "kept";
      } catch {
        // The caller has its answer; that it is not kept is nobody's loss but the next outage's.
        return "out_of_reach";
      }
    },
  };
}

/** What only Anthropic's own language can say is not in the request that is hashed. */
function whyNot({ request, native, isPrivate }: CacheCall): NotCached | null {
  return whyNotCached(request, isPrivate) ?? ((native?.onlyNative ?? null) === null ? null : "not_text");
}

function keyOf({ request, native, tenant, user, kind }: CacheCall, { per }: CacheSettings): Promise<CacheKey> {
  return cacheKeyOf(request, { tenant, kind, per, user }, native?.headers ?? null);
}

/** Longer questions are found by the very same words only: what two pages have in common says little of what is asked. */
const MOST_COMPARED_CHARS = 2000;

function isComparable(question: string | null): question is string {
  return question !== null && question.length <= MOST_COMPARED_CHARS;
}
