/** How every command that asks a Worker ends: what it prints where, and its exit code. */
import type { Result } from "../src/lib/result.ts";
import { exitCodes } from "./ask-admin.ts";
import type { AdminFailure } from "./ask-admin.ts";
import type { AdminOptions } from "./admin-address.ts";
import { EXIT } from "./exit-codes.ts";
import type { ExitCode } from "./exit-codes.ts";
import { paintFor } from "./screen/paint.ts";
import type { Paint } from "./screen/paint.ts";
import { harmless, shortened } from "./screen/table.ts";

/** What every such command may be given. */
export interface CommandOptions extends AdminOptions {
  readonly json?: true;
  /** No question. */
  readonly yes?: true;
}

export interface Outcome {
  /** Fine by default. */
  readonly exitCode?: ExitCode;
  /** Without `ok`, which is put in front. */
  readonly json: object;
  readonly lines: (paint: Paint) => readonly string[];
  /** For people, on stderr: what is not to be piped on with the rest. */
  readonly asides?: readonly string[];
}

export type Ending = Result<Outcome, AdminFailure>;

/** The exit code. */
export function showEnding(ending: Ending, { json }: CommandOptions): ExitCode {
  if (!ending.ok) {
    const { code, message, next, kind } = ending.failure;
    if (json) console.log(JSON.stringify({ ok: false, error: { code, message, next } }, null, 2));
    else console.error(failureLines(ending.failure, paintFor(process.stderr)).join("\n"));
    return exitCodes[kind];
  }
  const { exitCode = EXIT.fine, lines, asides = [] } = ending.value;
  if (json) {
    console.log(JSON.stringify({ ok: exitCode === EXIT.fine, ...ending.value.json }, null, 2));
  } else {
    for (const line of lines(paintFor(process.stdout))) console.log(line);
    for (const line of asides) console.error(line);
  }
  return exitCode;
}

/** A server lists what there is, which may be two hundred routes; with --json it is whole. */
const MOST_MESSAGE = 600;

export function failureLines({ message, next }: AdminFailure, paint: Paint): readonly string[] {
  return [paint("bad", shortened(harmless(message), MOST_MESSAGE)), ...(next === "" ? [] : [next])];
}
