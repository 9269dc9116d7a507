/** What a program is told that gives a command a wrong line. */
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { usageFailure } from "../../../cli/usage-error.ts";

const program = new Command("lisbon");
program.command("jobs");

describe("a command line that is wrong", () => {
  it.each([
    [["jobs", "show", "--json"], "error: missing required argument 'id'", "missing required argument 'id'", "jobs "],
    [["--json", "nothing"], "error: unknown command 'nothing'", "unknown command 'nothing'", ""],
    [["jobs", "x"], "error: too many arguments.", "too many arguments", "jobs "],
  ])("is told as commander says it, with where help is: %j", (words, message, said, command) => {
    expect(usageFailure({ message }, words, program)).toEqual({
      kind: "usage",
      code: "usage",
      message: said,
      next: `npx lisbon ${command}--help`,
    });
  });
});
