import { type FailureKind, isFailureKind } from "../domain/failure.ts";
import { createSseParser } from "../lib/sse.ts";
import type { ChatChunk } from "../openai/chat-chunk.ts";
import type { CompletionFold } from "../openai/fold-completion.ts";
import type { ChunkLog } from "./chunk-log.ts";

export interface ReadChunks {
  readonly body: ReadableStream<Uint8Array>;
  readonly log: ChunkLog;
  readonly fold: CompletionFold;
  /** Without it the usage chunk is folded, but not passed on. */
  readonly includeUsage: boolean;
  /** Somebody else has settled the job: the rest is not wanted. */
  readonly signal: AbortSignal;
}

export type ChunksEnd = { readonly kind: "done" } | BrokenOff;

export interface BrokenOff {
  readonly kind: "broken";
  readonly failure: FailureKind;
  readonly code: string;
  readonly message: string;
}

/** Reads a run's events into its log and its fold until `[DONE]`, or until it breaks off. */
export async function readChunks(read: ReadChunks): Promise<ChunksEnd> {
  const reader = read.body.getReader();
  const parser = createSseParser();
  const stop = (): void => void reader.cancel().catch(() => undefined);
  read.signal.addEventListener("abort", stop);
  let end: ChunksEnd | null = null;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // The last event is not the end: whoever stops reading there has hung up, as the relay sees it.
      if (done || read.signal.aborted) return end ?? CUT;
      for (const { data } of parser.take(value)) end ??= takeEvent(data, read);
      if (parser.overflowed()) return broken("answer_too_large");
    }
  } catch {
    // The body was aborted: what came before it is not the whole answer.
    return end ?? CUT;
  } finally {
    read.signal.removeEventListener("abort", stop);
    stop();
  }
}

const BROKE_OFF = "The provider's answer broke off. What came before this error is not the whole answer.";

const CUT: BrokenOff = broken("stream_cut");

function broken(failure: FailureKind, message: string = BROKE_OFF): BrokenOff {
  return { kind: "broken", failure, code: failure, message };
}

function takeEvent(data: string, { log, fold, includeUsage }: ReadChunks): ChunksEnd | null {
  if (data === "[DONE]") return { kind: "done" };
  const event = parsed(data);
  if (event === null) return broken("unreadable");
  if (hasError(event)) return errorEnd(event.error);
  if (!isChunk(event)) return broken("unreadable");
  fold.take(event);
  // A chunk without choices is the usage; whoever did not ask for it may stumble over it.
  if (event.choices.length > 0 || includeUsage) log.append(data);
  return null;
}

function errorEnd(error: unknown): BrokenOff {
  const { code, message } = isObject(error) ? error : {};
  const failure = typeof code === "string" && isFailureKind(code) ? code : "unknown_error";
  return {
    kind: "broken",
    failure,
    code: typeof code === "string" ? code : failure,
    message: typeof message === "string" ? message : BROKE_OFF,
  };
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

function hasError(event: unknown): event is { readonly error: unknown } {
  return isObject(event) && event["error"] != null;
}

/** Written by our own relay: the rest of its shape is as it says. */
function isChunk(event: unknown): event is ChatChunk {
  return isObject(event) && Array.isArray(event["choices"]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
