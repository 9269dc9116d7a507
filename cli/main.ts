/** `lisbon`: every command, each in a file of its name. */
import { Command, CommanderError, Option } from "commander";
import { check } from "./check.ts";
import type { CheckOptions } from "./check.ts";
import { addDeployCommands } from "./deploy-commands.ts";
import { diff } from "./diff.ts";
import type { DrillOptions } from "./drill.ts";
import { EXIT } from "./exit-codes.ts";
import { addOperatorCommands, addReviewCommands } from "./operator-commands.ts";
import { addSetupCommands } from "./setup-commands.ts";
import type { PlanOptions } from "./plan.ts";
import { showEnding } from "./run-command.ts";
import type { TestOptions } from "./test.ts";
import { usageFailure } from "./usage-error.ts";
import { fail } from "../src/lib/result.ts";

const words = process.argv.slice(2);
/** A program reads one object, whatever was wrong with the line. */
const json = words.includes("--json");

const program = new Command("lisbon")
  .description("Looks after an edge router for LLM calls.")
  .showHelpAfterError()
  .exitOverride();
if (json) program.configureOutput({ writeErr: () => {} });

addSetupCommands(program);
addOperatorCommands(program);
addReviewCommands(program);

program
  .command("check")
  .description("Says what is wrong with a routing map, what will be one day, and which routes are on.")
  .argument("[file]", "the map", "routes.prod.json")
  .option("--env-file <file>", "where the variables are (otherwise .dev.vars; the shell's count too)")
  .option("--strict", "a warning, such as a missing variable, is an error too")
  .option("--map-only", "the map alone, whatever variables are set here")
  .option("--json", "for programs")
  .action((file: string, options: Omit<CheckOptions, "file">) => {
    process.exitCode = check({ ...options, file });
  });

program
  .command("diff")
  .description("Says what a change of the routing map means for traffic, money and reach.")
  .argument("<before>", "a map, such as the one that is deployed")
  .argument("<after>", "the map that is to take its place")
  .option("--json", "for programs")
  .action((before: string, after: string, options: { json?: true }) => {
    process.exitCode = diff({ ...options, before, after });
  });

addDeployCommands(program);

program
  .command("plan")
  .description("What a month costs, how long a call takes, how often a deadline is missed; also as a spreadsheet.")
  .option("--map <file>", "the routing map", "routes.prod.json")
  .option("--set <name=value...>", "an input: monthlyRequests=500000, route.*.failurePercent=2", [])
  .option("--url <url>", "a deployment: what it has measured counts")
  .addOption(new Option("--admin-key <key>", "the deployment's").env("LISBON_ADMIN_KEY"))
  .option("--xlsx <file>", "writes a spreadsheet whose outputs follow its inputs")
  .option("--json", "for programs")
  .action(async (options: PlanOptions) => {
    const { plan } = await import("./plan.ts");
    process.exitCode = await plan(options);
  });

program
  .command("test")
  .description("Runs the Lisbon test: against a whole stack on this machine, or with --url against a deployment.")
  .option("--url <url>", "a deployment, best with CHAOS=on; its providers are real ones")
  .addOption(new Option("--api-key <key>", "the deployment's").env("LISBON_API_KEY"))
  .addOption(new Option("--admin-key <key>", "the deployment's").env("LISBON_ADMIN_KEY"))
  .addOption(new Option("--budget-secret <secret>", "the deployment's").env("BUDGET_WEBHOOK_SECRET"))
  .option("--json", "for programs: the rows, at the end; what is said meanwhile is on stderr")
  .option("--log", "with the Worker's log, on stderr")
  .action(async (options: TestOptions) => {
    // The whole local stack comes with it, which the other commands need not load.
    const { lisbonTest } = await import("./test.ts");
    process.exitCode = await lisbonTest(options);
  });

program
  .command("drill")
  .description("Plays a scenario of drills/: an outage, a slow provider, Redis away; here, or with --url at a staging.")
  .argument("[scenario]", "its name (--list), or a file")
  .option("--list", "which scenarios there are")
  .option("--url <url>", "a staging with CHAOS=on; its providers are real ones, and cost what they cost")
  .addOption(new Option("--api-key <key>", "the deployment's").env("LISBON_API_KEY"))
  .addOption(new Option("--admin-key <key>", "the deployment's").env("LISBON_ADMIN_KEY"))
  .option("--seconds <number>", "in another time: faults begin and end in proportion")
  .option("--report <file>", "where the report goes (otherwise drill-SCENARIO-DATE.md)")
  .option("--json", "for programs")
  .option("--log", "with the Worker's log, on stderr")
  .action(async (scenario: string | undefined, options: Omit<DrillOptions, "scenario">) => {
    const { drill } = await import("./drill.ts");
    process.exitCode = await drill({ ...options, scenario });
  });

try {
  await program.parseAsync();
} catch (cause) {
  if (!(cause instanceof CommanderError)) throw cause;
  // Help that was asked for is no mistake. Of one, people have been told.
  if (cause.exitCode === 0) process.exitCode = EXIT.fine;
  else process.exitCode = json ? showEnding(fail(usageFailure(cause, words, program)), { json }) : EXIT.usage;
}
