/** What brings a version to users and takes it back, as commander knows it. */
import { Option } from "commander";
import type { Command } from "commander";
import type { ChangeOptions } from "./change-deployment.ts";
import { deploy } from "./deploy.ts";
import type { DeployOptions } from "./deploy.ts";

const ENVIRONMENT = "staging, production, or another one of wrangler.toml";

export function addDeployCommands(program: Command): void {
  withSmoke(program.command("deploy"))
    .description("Checks the map and its variables, deploys to a named environment, and tries what is deployed.")
    .argument("[environment]", ENVIRONMENT)
    .option("--env-file <file>", "uploaded as secrets, as far as the map needs them")
    .option("--url <url>", "where the deployed Worker answers (otherwise what wrangler says)")
    .option("--gradual <percent>", "only that share of the requests gets the router's new version; needs --url")
    .action(async (environment: string | undefined, options: Omit<DeployOptions, "environment">) => {
      process.exitCode = await deploy({ ...options, environment });
    });

  withSmoke(program.command("promote"))
    .description("Gives the newer version of a gradual deployment more of the requests; 100 ends it.")
    .argument("<environment>", ENVIRONMENT)
    .argument("<percent>", "from 1 to 100")
    .option("--url <url>", "where it answers: the newer version is tried")
    .action(async (environment: string, percent: string, options: ChangeOptions) => {
      const { promoteRouter } = await import("./change-deployment.ts");
      process.exitCode = await promoteRouter(environment, percent, options);
    });

  withSmoke(program.command("rollback"))
    .description("Puts all three Workers back to the deployment before, the router first.")
    .argument("<environment>", ENVIRONMENT)
    .option("--url <url>", "where it answers: what serves then is tried")
    .option("--reason <words>", "for whoever asks later")
    .option("--yes", "no question")
    .action(async (environment: string, options: ChangeOptions) => {
      const { rollBackAll } = await import("./change-deployment.ts");
      process.exitCode = await rollBackAll(environment, options);
    });
}

function withSmoke(command: Command): Command {
  return command
    .addOption(new Option("--smoke-key <key>", "a server key: two real calls are made").env("LISBON_API_KEY"))
    .option("--no-smoke", "no real call, whatever key is at hand")
    .option("--json", "for programs");
}
