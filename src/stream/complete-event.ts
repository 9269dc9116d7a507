/**
 * Ends an event of an OpenAI chat stream that was cut while it was sent. What
 * a chunk must hold is in `half-chunk.ts`.
 *
 * Null: no completion could be read, and the body must be aborted. `[DONE]` is
 * always null, even with every byte there: clients read nothing after it, so
 * ending it says that the answer is whole. Whether it was, only the observer
 * knows, who saw the finish reason; half of it is no JSON either.
 */
import { completeJson } from "../lib/complete-json.ts";
import { completeLines, type EventRest, type HalfEvent } from "./complete-lines.ts";
import { EMPTY_CHUNK, halfChunk } from "./half-chunk.ts";

/**
 * `partial`: what came after the last blank line. Returns what must follow, none where nothing had begun. It carries
 * no text but the one character that a cut character or escape becomes.
 */
export function completeOpenAiEvent(partial: Uint8Array): Uint8Array | null {
  return completeLines(partial, restOf);
}

function restOf({ data }: HalfEvent): EventRest | null {
  // The `openai` SDKs parse the data of every event with a name, also where there is none, and throw; Python's too
  // where an id or a `retry` came, and an id goes on for all later events, so even a comment gets data.
  const rest = data.trim() === "" ? EMPTY_CHUNK : completeJson(data, halfChunk);
  return rest === null ? null : { data: rest };
}
