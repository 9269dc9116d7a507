import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { CacheSettings } from "../domain/kind.ts";
import type { ChatCompletion } from "../openai/chat-completion.ts";
import type { WholeText } from "../stream/stream-end.ts";
import type { Answer } from "./attempt-context.ts";
import { cacheCallOf } from "./cached-answer.ts";
import { judgeCompletion } from "./judge-answer.ts";

/**
 * Keeps an answer where its kind asks for it, after the reply: a stream's once it is whole. Only what the kind's own
 * routes gave to the call as it came: what a step of the ladder has made of it is not told here.
 */
export function keepAnswer(answer: Answer, call: PlannedCall, deps: Deps): void {
  const { cache } = call.kind;
  if (cache === null) return;
  if (answer.kind === "completion") return deps.afterReply(keep(answer.completion, answer, call, cache, deps));
  const kept = answer.ended.then(async ({ whole }) => {
    const completion = whole && completionOf(whole);
    // A stream's flaw is found when its words have left; it is not said twice.
    if (completion === undefined || judgeCompletion(completion, call) !== null) return;
    await keep(completion, answer, call, cache, deps);
  });
  deps.afterReply(kept);
}

async function keep(
  completion: ChatCompletion,
  { route }: Answer,
  call: PlannedCall,
  cache: CacheSettings,
  deps: Deps,
): Promise<void> {
  try {
    await deps.answers.keep(cacheCallOf(call, deps), completion, route.id, cache);
  } catch (cause) {
    deps.logError(call.requestId, cause);
  }
}

/** A stream ends with its text in our hands, and as nothing else. */
function completionOf({ text, model, usage }: WholeText): ChatCompletion {
  return {
    id: "",
    object: "chat.completion",
    created: 0,
    model,
    choices: [
      { index: 0, message: { role: "assistant", content: text, refusal: null }, finish_reason: "stop", logprobs: null },
    ],
    ...(usage && { usage }),
  };
}
