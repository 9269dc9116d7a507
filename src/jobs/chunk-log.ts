import type { JobTables } from "./job-tables.ts";

/**
 * The text of one run: its chunks, numbered from 1, each kept as what differs from the first one. In memory while the
 * run goes on, in the tables at most twice a second and once more with the answer; followers read it from either. A run
 * that goes on where another was lost has that one's stored chunks as its beginning, under that one's ids.
 */
export class ChunkLog {
  readonly run: number;
  readonly #changed: () => void;
  /** Each `[characters shared with the first chunk's front, with its back, what stands between]`. */
  readonly #lines: string[];
  /** Which run gave what, in order: those from number `from` on. */
  readonly #parts: { readonly run: number; readonly from: number }[];
  #first: string | null = null;
  #stored: number;
  #end: LogEnd | null = null;

  /** `changed` is called when something was added, and when it has ended. */
  constructor(run: number, changed: () => void = () => undefined) {
    this.run = run;
    this.#changed = changed;
    this.#lines = [];
    this.#parts = [];
    this.#stored = 0;
  }

  /** A run that is over and answered; null: it left no text. */
  static load(tables: JobTables, run: number): ChunkLog | null {
    const log = ChunkLog.#read(tables, run, () => undefined);
    if (log !== null) log.#end = { kind: "whole" };
    return log;
  }

  /** What a lost run left, for this run to go on with; null: it left no text. */
  static reopen(tables: JobTables, run: number, changed: () => void): ChunkLog | null {
    const log = ChunkLog.#read(tables, run, changed);
    if (log !== null) log.#parts.push({ run, from: log.length + 1 });
    return log;
  }

  static #read(tables: JobTables, run: number, changed: () => void): ChunkLog | null {
    const log = new ChunkLog(run, changed);
    // A long line is in several rows.
    const texts = new Map<number, string>();
    for (const row of tables.chunks()) texts.set(row.run, (texts.get(row.run) ?? "") + row.lines);
    for (const [of, text] of texts) {
      log.#parts.push({ run: of, from: log.length + 1 });
      log.#lines.push(...text.split("\n").slice(0, -1));
    }
    log.#stored = log.length;
    return log.length === 0 ? null : log;
  }

  /** What the holder of a chunk is given as its id. */
  placeOf(number: number): ChunkPlace {
    return { run: this.#parts.findLast(({ from }) => from <= Math.max(1, number))?.run ?? this.run, number };
  }

  /** Is this a place in this text? What a lost run gave and nobody stored is none, though its number may be here. */
  holds({ run, number }: ChunkPlace): boolean {
    return this.placeOf(number).run === run;
  }

  get length(): number {
    return this.#lines.length;
  }

  /** Null: more may come. */
  get end(): LogEnd | null {
    return this.#end;
  }

  append(chunk: string): void {
    this.#lines.push(this.#packed(chunk));
    this.#changed();
  }

  /** The chunk of this number. */
  at(number: number): string {
    const [front, back, between] = partsOf(this.#lines[number - 1]);
    const first = this.#firstChunk();
    return first.slice(0, front) + between + first.slice(first.length - back);
  }

  /** What the tables have not got yet, as text; empty: nothing. */
  takeUnstored(): string {
    const unstored = this.#lines.slice(this.#stored);
    this.#stored = this.#lines.length;
    return unstored.map((line) => `${line}\n`).join("");
  }

  close(end: LogEnd): void {
    this.#end ??= end;
    this.#changed();
  }

  #packed(chunk: string): string {
    const first = this.#first ?? (this.#lines.length === 0 ? null : this.#firstChunk());
    if (first === null) {
      this.#first = chunk;
      return JSON.stringify([0, 0, chunk]);
    }
    const most = Math.min(first.length, chunk.length);
    let front = 0;
    while (front < most && first.charCodeAt(front) === chunk.charCodeAt(front)) front++;
    let back = 0;
    while (
      back < most - front &&
      first.charCodeAt(first.length - 1 - back) === chunk.charCodeAt(chunk.length - 1 - back)
    ) {
      back++;
    }
    return JSON.stringify([front, back, chunk.slice(front, chunk.length - back)]);
  }

  #firstChunk(): string {
    this.#first ??= partsOf(this.#lines[0])[2];
    return this.#first;
  }
}

export interface ChunkPlace {
  readonly run: number;
  readonly number: number;
}

/** `whole`: the answer is there. `broken`: what its followers are told instead of the rest. */
export type LogEnd =
  | { readonly kind: "whole" }
  | { readonly kind: "broken"; readonly code: string; readonly message: string };

function partsOf(line: string | undefined): readonly [number, number, string] {
  if (line === undefined) throw new Error("there is no chunk of this number");
  return JSON.parse(line);
}
