/**
 * Reads one provider's stream: bytes to events, events to chunks, chunks
 * folded into the answer so far. The commit gate, the observer of a pumped
 * stream and the relay of a translated one all read through this.
 */
import type { MessagePlace } from "../anthropic-api/message-place.ts";
import type { Failure } from "../domain/failure.ts";
import type { Clock } from "../lib/clock.ts";
import { dropFrames } from "../lib/drop-frames.ts";
import { createSseParser, type EventParser } from "../lib/sse.ts";
import type { ChatChunk } from "../openai/chat-chunk.ts";
import type { StreamTranslator } from "../providers/provider.ts";
import { AnswerFold } from "./answer-fold.ts";
import { EventTail } from "./event-tail.ts";

/** `open`: there may be more. `ended`: the body ended cleanly. `broken`: the connection was lost or aborted. */
export type ReadState = "open" | "ended" | "broken";

/** Events come one by one and are small; each open stream holds one such buffer. */
const READ_BYTES = 4_096;
const BLANK_LINE = new TextEncoder().encode("\n\n");

export class AnswerReader {
  readonly fold = new AnswerFold();
  /** What was read of the wire so far. */
  rawBytes = 0;
  lastContentAtMs: number;
  /** An error event that the provider sent inside its 200. */
  inBandFailure: Failure | null = null;
  /** Bytes that go out as they are, and before the first words an event in them that no client could parse. */
  malformed = false;

  readonly #reader: ReadableStreamBYOBReader;
  readonly #translator: StreamTranslator;
  readonly #clock: Clock;
  readonly #keepChunks: boolean;
  readonly #parser: EventParser;
  /** Null: frames, which nobody completes, and in which no blank line would ever end what it holds. */
  readonly #tail: EventTail | null;
  #buffer = new ArrayBuffer(READ_BYTES);
  #pending: Promise<ReadState> | null = null;
  #chunks: ChatChunk[] = [];

  /**
   * `keepChunks`: for a relay, which takes them; an observer must not let them gather. `parser`: the provider's own,
   * where it does not send server-sent events.
   */
  constructor(
    body: ReadableStream<Uint8Array>,
    translator: StreamTranslator,
    clock: Clock,
    keepChunks: boolean,
    parser?: EventParser,
  ) {
    this.#reader = body.getReader({ mode: "byob" });
    this.#translator = translator;
    this.#clock = clock;
    this.#keepChunks = keepChunks;
    this.#parser = parser ?? createSseParser();
    this.#tail = parser === undefined ? new EventTail() : null;
    this.lastContentAtMs = clock.now();
  }

  /** One read; a read that was begun and not yet answered is gone on with. */
  async read(): Promise<ReadState> {
    this.#pending ??= this.#readOnce();
    const state = await this.#pending;
    this.#pending = null;
    return state;
  }

  /**
   * Reads until nothing is there, or until `enough` says so, for a provider
   * that never pauses. What is still awaited is kept for the next call: one
   * read per wake-up would fall behind a fast provider.
   */
  async drain(enough: () => boolean): Promise<ReadState> {
    for (;;) {
      this.#pending ??= this.#readOnce();
      const state = await Promise.race([this.#pending, this.#nothingThere()]);
      if (state === null) return "open";
      this.#pending = null;
      if (state !== "open" || enough()) return state;
    }
  }

  /** The chunks read since the last call. */
  takeChunks(): readonly ChatChunk[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  /** Has the provider said that the answer is whole? */
  finished(): boolean {
    return this.#translator.finished();
  }

  /** One event grew beyond what is read: nothing after it is known. */
  overflowed(): boolean {
    return this.#parser.overflowed();
  }

  /** The raw bytes of an event that began and did not end; empty between two events. */
  halfEvent(): Uint8Array {
    return this.#tail?.bytes() ?? new Uint8Array();
  }

  /** What completed the half-sent event for the caller: read as the caller reads it, so that its text counts as given. */
  takeCompletion(suffix: Uint8Array): void {
    this.#takeEvents(suffix);
  }

  /** Anthropic's only: what a caller has been given who is sent the bytes as they come. */
  place(): MessagePlace | null {
    return this.#translator.place?.() ?? null;
  }

  /** Lets go of the stream; its connection closes once nobody else reads it. */
  cancel(): void {
    // It may be broken already, and then there is nothing to cancel.
    void this.#reader.cancel().catch(() => undefined);
  }

  async #readOnce(): Promise<ReadState> {
    let next: ReadableStreamReadResult<Uint8Array>;
    try {
      next = await this.#reader.read(new Uint8Array(this.#buffer));
    } catch (cause) {
      dropFrames(cause);
      return "broken";
    }
    if (next.done) {
      // Some servers leave out the blank line behind their last event. Half of one is left for `takeCompletion`.
      if (this.#tail !== null && isWhole(this.#tail.bytes())) this.#takeEvents(BLANK_LINE);
      return "ended";
    }
    this.rawBytes += next.value.byteLength;
    this.#tail?.take(next.value);
    this.#takeEvents(next.value);
    // The buffer that we lent comes back with the read.
    if (next.value.buffer instanceof ArrayBuffer) this.#buffer = next.value.buffer;
    return "open";
  }

  #takeEvents(bytes: Uint8Array): void {
    for (const event of this.#parser.take(bytes)) {
      if (!this.#keepChunks && !this.fold.hasWords && !isReadable(event.data)) this.malformed = true;
      const translated = this.#translator.take(event);
      if (!translated.ok) {
        this.inBandFailure ??= translated.failure;
        return;
      }
      for (const chunk of translated.value) {
        if (this.fold.take(chunk)) this.lastContentAtMs = this.#clock.now();
        if (this.#keepChunks) this.#chunks.push(chunk);
      }
    }
  }

  #nothingThere(): Promise<null> {
    return new Promise((resolve) => this.#clock.after(0, () => resolve(null)));
  }
}

function isWhole(event: Uint8Array): boolean {
  const parser = createSseParser();
  return [...parser.take(event), ...parser.take(BLANK_LINE)].every(({ data }) => isReadable(data));
}

function isReadable(data: string): boolean {
  if (data.trim() === "[DONE]") return true;
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false; // the official SDKs throw at such an event
  }
}
