/** Asked before what takes something away or costs money. */
import { confirm, isCancel } from "@clack/prompts";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import type { AdminFailure } from "./ask-admin.ts";
import type { CommandOptions } from "./run-command.ts";

const AGAIN = "To do it all the same, give the command again and say yes, or --yes.";

export async function confirmed(question: string, { yes, json }: CommandOptions): Promise<Result<true, AdminFailure>> {
  if (yes) return ok(true);
  // Whoever asks for JSON is a program, and would wait for ever.
  if (json || !hasTerminal()) {
    return fail({
      kind: "usage",
      code: "not_confirmed",
      message: `Not done: ${question}`,
      next: "Without a terminal, and with --json, it is done only with --yes.",
    });
  }
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
  if (!isCancel(answer) && answer) return ok(true);
  return fail({ kind: "declined", code: "not_confirmed", message: "Nothing was changed.", next: AGAIN });
}

export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}
