import type { Clock } from "../lib/clock.ts";
import type { ChatChunk } from "../openai/chat-chunk.ts";
import type { AnswerReader, ReadState } from "./answer-reader.ts";
import type { AnswerSource } from "./answer-source.ts";
import { createIdleClock } from "./idle-clock.ts";
import { isTooLarge } from "./what-broke.ts";

/**
 * Gives what comes to `pass` until the provider is done, broke off, was silent
 * for too long or sent too much. False: `pass` wants no more. The connection is
 * let go of in every case.
 */
export async function forward(
  { reader, watchdog, limits }: AnswerSource,
  clock: Clock,
  pass: (chunks: readonly ChatChunk[]) => Promise<boolean>,
): Promise<boolean> {
  const idle = createIdleClock(clock, limits.idleMs, () => watchdog.expire("idleMs"));
  watchdog.arm({ limitMs: limits.maxStreamMs, name: "maxStreamMs" });
  let state: ReadState = "open";
  try {
    for (;;) {
      const chunks = reader.takeChunks();
      if (chunks.length > 0) {
        // The time that a slow caller takes is not the provider's silence.
        idle.pause();
        if (!(await pass(chunks))) return false;
      }
      if (state !== "open" || isOver(reader)) return true;
      if (isTooLarge(reader, limits)) watchdog.expire("maxStreamBytes");
      idle.listen(reader.lastContentAtMs);
      state = await reader.read();
    }
  } finally {
    idle.stop();
    watchdog.abort();
    reader.cancel();
  }
}

function isOver(reader: AnswerReader): boolean {
  return reader.finished() || reader.inBandFailure !== null;
}
