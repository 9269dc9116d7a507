/** `lisbon`: every command, each in a file of its name. */
import { Command } from "commander";
import { check } from "./check.ts";
import { deploy } from "./deploy.ts";

const program = new Command("lisbon").description("Looks after an edge router for LLM calls.").showHelpAfterError();

program
  .command("check")
  .description("Says what is wrong with a routing map, which variables are missing, and which routes are on.")
  .argument("[file]", "the map", "routes.prod.json")
  .option("--env-file <file>", "where the variables are (otherwise .dev.vars; the shell's count too)")
  .option("--strict", "a missing variable is an error too")
  .option("--json", "for programs")
  .action((file: string, options: { envFile?: string; strict?: true; json?: true }) => {
    process.exitCode = check({ ...options, file });
  });

program
  .command("deploy")
  .description("Checks the map and its variables, deploys to a named environment, and asks its /health.")
  .argument("[environment]", "staging, production, or another one of wrangler.toml")
  .option("--env-file <file>", "uploaded as secrets, as far as the map needs them")
  .option("--url <url>", "where the deployed Worker answers (otherwise what wrangler says)")
  .action(async (environment: string | undefined, options: { envFile?: string; url?: string }) => {
    process.exitCode = await deploy({ ...options, environment });
  });

await program.parseAsync();
