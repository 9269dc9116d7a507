/**
 * Holds an answer back until its first words: until then nothing has been sent
 * to the caller, and whatever goes wrong can fail over unseen.
 */
import type { Failure } from "../domain/failure.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { AnswerReader } from "./answer-reader.ts";

/** Nobody reads the caller's branch yet, so all of this is held; the longest honest first event is an image in one piece. */
const MOST_BYTES_BEFORE_WORDS = 4 * 1024 * 1024;

export interface GateOptions {
  /** The caller's own stop sequence may come before any word. */
  readonly mayBeEmpty: boolean;
  /** What a broken connection means; who asks knows the clocks. */
  readonly lost: () => Failure;
}

/** Ok: the first words are there, or all that will ever come. */
export async function untilFirstWords(
  reader: AnswerReader,
  { mayBeEmpty, lost }: GateOptions,
): Promise<Result<void, Failure>> {
  for (;;) {
    const state = await reader.read();
    // Words and an error in one piece: nothing has been sent, so the error still counts.
    if (reader.inBandFailure) return fail(reader.inBandFailure);
    if (reader.malformed) return fail({ kind: "unreadable", detail: "a malformed event before the first words" });
    if (reader.rawBytes > MOST_BYTES_BEFORE_WORDS) {
      return fail({ kind: "answer_too_large", detail: "megabytes without a word" });
    }
    if (reader.overflowed()) return fail({ kind: "answer_too_large", detail: "one event grew beyond every bound" });
    if (state === "broken") return fail(lost());
    if (reader.fold.hasWords) return ok(undefined);
    const { finishReason } = reader.fold;
    // Cut at the caller's own length limit before a word, or filtered: that is an answer, and a true one.
    const isAnswer = finishReason !== null && (mayBeEmpty || finishReason !== "stop");
    if (reader.finished() && isAnswer) return ok(undefined);
    if (reader.finished()) return fail({ kind: "empty_answer", detail: "the stream finished without content" });
    if (state === "ended") return fail({ kind: "stream_cut", detail: "the stream ended before the first words" });
  }
}
