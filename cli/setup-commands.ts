/** The commands for the first day, as commander knows them. */
import type { Command } from "commander";
import type { DoctorOptions } from "./doctor.ts";
import type { InitOptions } from "./init.ts";
import { withAddress } from "./operator-commands.ts";
import { showEnding } from "./run-command.ts";

export function addSetupCommands(program: Command): void {
  program
    .command("init")
    .description("Asks what you have, and writes a routing map and .dev.vars for it.")
    .option("--providers <names>", "with commas between, the first is Hot: anthropic,openai,google,…")
    .option("--local <server>", "lmstudio or ollama, on a machine of yours")
    .option("--notify <whom>", "an e-mail address, an https URL, or a webhook of Slack's")
    .option("--budget <dollars>", "US dollars a month, at most, for everything")
    .option("--force", "an existing map is written over (it is kept beside it)")
    .option("--yes", "no questions: what is not said stays out; keys are taken from the shell's variables")
    .option("--json", "for programs; asks nothing")
    .action(async (options: InitOptions) => {
      const { init } = await import("./init.ts");
      process.exitCode = showEnding(await init(options, process.cwd()), options);
    });

  withAddress(program.command("doctor"))
    .description("Looks at keys, Redis, QStash, the clock, versions, the map and the Worker; changes nothing.")
    .option("--routes <file>", "the map", "routes.prod.json")
    .option("--env-file <file>", "where the variables are (otherwise .dev.vars; the shell's count too)")
    .option("--ask-providers", "asks each route for one token, which costs next to nothing")
    .option("--notify", "sends the test notice to everybody whom the map names")
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import("./doctor.ts");
      process.exitCode = showEnding(await doctor(options), options);
    });
}
