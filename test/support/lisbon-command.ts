/** `lisbon …` inside the test's own process: a process of its own for each would cost a third of a second. */
import { Command, CommanderError } from "commander";
import { vi } from "vitest";
import { addOperatorCommands } from "../../cli/operator-commands.ts";
import { addSetupCommands } from "../../cli/setup-commands.ts";

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** `variables`: of the shell, for this run. */
export async function lisbon(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Run> {
  let [out, errors] = ["", ""];
  const log = vi.spyOn(console, "log").mockImplementation((line: unknown) => void (out += `${String(line)}\n`));
  const error = vi.spyOn(console, "error").mockImplementation((line: unknown) => void (errors += `${String(line)}\n`));
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const program = new Command("lisbon").exitOverride().configureOutput({
    writeOut: (text) => void (out += text),
    writeErr: (text) => void (errors += text),
  });
  addSetupCommands(program);
  addOperatorCommands(program);
  const before = process.exitCode;
  try {
    await program.parseAsync(args, { from: "user" });
    return { code: Number(process.exitCode ?? 0), out, errors };
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    return { code: cause.exitCode === 0 ? 0 : 2, out, errors };
  } finally {
    process.exitCode = before;
    log.mockRestore();
    error.mockRestore();
    vi.unstubAllEnvs();
  }
}
