/** What commander finds wrong with a command line, in the one shape of all commands' errors. */
import type { Command, CommanderError } from "commander";
import type { AdminFailure } from "./ask-admin.ts";

/** `words`: as they were typed. */
export function usageFailure(
  { message }: Pick<CommanderError, "message">,
  words: readonly string[],
  program: Command,
): AdminFailure {
  const typed = words.find((word) => program.commands.some((command) => command.name() === word));
  const next = `npx lisbon ${typed === undefined ? "" : `${typed} `}--help`;
  const said = message.replace(/^error: /, "").replace(/\.$/, "");
  return { kind: "usage", code: "usage", message: said, next };
}
