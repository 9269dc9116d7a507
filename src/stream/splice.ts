/**
 * One route's continuation becomes the rest of another's answer: the same id,
 * no second role, nothing before the seam is proven, and of the text only what
 * the caller does not have.
 */
import type { Failure } from "../domain/failure.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { ChatChunk, ChunkChoice, Delta, LisbonNote } from "../openai/chat-chunk.ts";
import { createSeam, type Seam, type SeamVerdict } from "./seam.ts";

export interface SpliceOptions {
  /** The answer's first chunk. */
  readonly head: ChatChunk;
  /** The text that the caller has. */
  readonly said: string;
  readonly prefilled: boolean;
  /** What the last chunk tells the caller. */
  readonly note: LisbonNote;
}

export interface Splice {
  /** What the caller gets of this chunk. A failure: nothing of this continuation may be seen. */
  take(chunk: ChatChunk): Result<readonly ChatChunk[], Failure>;
  /** Has anything of it been let through? */
  proven(): boolean;
  /** All the text that the caller has by now. */
  said(): string;
}

export function createSplice({ head, said, prefilled, note }: SpliceOptions): Splice {
  const seam = createSeam({ delivered: said, prefilled });
  let given = said;
  let proven = false;
  let isSilent = true;
  /** What came beside the text before the seam was proven. */
  let held: Delta[] = [];

  function take(chunk: ChatChunk): Result<readonly ChatChunk[], Failure> {
    const choice = chunk.choices.find(({ index }) => index === 0);
    // Usage is summed up at the end, for all routes.
    if (choice === undefined) return ok([]);
    const { content, ...rest } = restOf(choice);
    const verdict = verdictOf(content ?? "", (rest.tool_calls?.length ?? 0) > 0, choice.finish_reason !== null);
    if (verdict.kind === "unproven") return fail({ kind: "seam_unproven", detail: verdict.why });
    if (Object.keys(rest).length > 0) held.push(rest);
    if (verdict.kind === "wait") return ok([]);

    proven = true;
    given += verdict.text;
    const deltas = verdict.text === "" ? held : [{ content: verdict.text }, ...held];
    held = [];
    const spoken = deltas.map((delta) => chunkOf({ index: 0, delta, finish_reason: null }));
    return ok(choice.finish_reason === null ? spoken : [...spoken, ended(choice)]);
  }

  function verdictOf(text: string, calls: boolean, isOver: boolean): SeamVerdict {
    const wasSilent = isSilent;
    isSilent &&= text.trim() === "";
    // A call needs no proof, but what is said behind it would.
    if (proven && wasSilent && !isSilent && said.trim() !== "")
      return { kind: "unproven", why: "it calls, then speaks" };
    if (proven) return { kind: "proven", text };
    return calls && isSilent ? { kind: "proven", text: "" } : seamVerdict(seam, text, calls || isOver);
  }

  function chunkOf(choice: ChunkChoice): ChatChunk {
    const { id, object, created, model } = head;
    return { id, object, created, model, choices: [choice] };
  }

  function ended({ finish_reason }: ChunkChoice): ChatChunk {
    return { ...chunkOf({ index: 0, delta: {}, finish_reason }), x_lisbon: note };
  }

  return { take, proven: () => proven, said: () => given };
}

/** The first text may settle it, and so may the end of all text. */
function seamVerdict(seam: Seam, text: string, last: boolean): SeamVerdict {
  const first: SeamVerdict = text === "" ? { kind: "wait" } : seam.take(text);
  return last && first.kind === "wait" ? seam.end() : first;
}

/** The caller has the role, and the first route's thoughts: those of another would not fit them. */
function restOf({ delta }: ChunkChoice): Delta {
  const { role: _role, reasoning_content: _thoughts, ...rest } = delta;
  return rest;
}
