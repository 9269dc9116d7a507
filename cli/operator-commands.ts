/** The commands that ask a running Worker, as commander knows them; each is loaded when it is called. */
import { Option } from "commander";
import type { Command } from "commander";
import { LOCAL_URL } from "./admin-address.ts";
import { showEnding } from "./run-command.ts";
import type { CommandOptions, Ending } from "./run-command.ts";
import type { IncidentsOptions } from "./incidents.ts";
import type { ReviewOptions } from "./review.ts";
import type { AnswerOptions, JobsOptions, ShowOptions } from "./operate/jobs.ts";
import type { WatchOptions } from "./operate/watch.ts";
import type { PauseOptions } from "./operate/pause.ts";
import type { KeyOptions, KeysOptions, LimitOptions } from "./operate/tenants.ts";

/** For the month, not for the night. */
export function addReviewCommands(program: Command): void {
  const { add } = commandsOf(program);
  add("incidents", "Lists what providers did, exactly when, and what callers had of it.")
    .option("--since <moment>", "open, or ended since then, such as 2026-11-01")
    .option("--changelog [file]", "appends those that are over to the section External incidents (CHANGELOG.md)")
    .action(acting(async (options: IncidentsOptions) => await (await import("./incidents.ts")).incidents(options)));
  add("review", "Says whether the map saved deadlines, pauses came too early, and which thresholds to change.")
    .option("--month <month>", "such as 2026-11; without it the present one")
    .action(acting(async (options: ReviewOptions) => await (await import("./review.ts")).review(options)));
}

export function addOperatorCommands(program: Command): void {
  const { add, below } = commandsOf(program);

  add("status", "Says in ten seconds whether it serves, what is paused, what waits, and what needs you.").action(
    acting(async (options) => await (await import("./operate/status.ts")).status(options)),
  );

  const routes = add("routes", "Lists every route with its state.").action(
    acting(async (options) => await (await import("./operate/routes.ts")).routes(options)),
  );
  for (const [name, on, what] of [
    ["kill", false, "Takes a route out of service, without a deploy."],
    ["revive", true, "Puts a route that was killed back into service."],
  ] as const) {
    below(routes, `${name} <id>`, what).action(
      acting(async (options, id: string) => await (await import("./operate/routes.ts")).switchRoute(id, on, options)),
    );
  }

  below(
    routes,
    "reset <what>",
    "Closes a circuit now: a route's, an account's, of a request that looped, or all.",
  ).action(acting(async (options, what: string) => await (await import("./operate/reset.ts")).reset(what, options)));

  const flags = add("flags", "Lists the flags.").action(
    acting(async (options) => await (await import("./operate/flags.ts")).flags(options)),
  );
  below(flags, "set <name> <position>", "Switches a flag: on, off, or map (as the map has it).").action(
    acting(
      async (options, name: string, position: string) =>
        await (await import("./operate/flags.ts")).setFlag(name, position, options),
    ),
  );

  add("pause [provider]", "Parks new calls: all, or a provider's. Running work finishes.")
    .option("--reason <words>", "for whoever asks later")
    .action(
      acting(
        async (options: PauseOptions, provider?: string) =>
          await (await import("./operate/pause.ts")).pause(provider, options),
      ),
    );
  add("resume [provider]", "Ends a pause, whoever set it.").action(
    acting(async (options, provider?: string) => await (await import("./operate/pause.ts")).resume(provider, options)),
  );

  add("watch", "Looks after a router from here, again and again; says what is wrong and who else looks.")
    .option("--every <seconds>", "between two looks (60)")
    .option("--once", "one look; ends with 1 where something is wrong")
    .option("--release <kind>", "ends what the watchdog has put first for a kind")
    .option("--install", "has QStash look every 2 minutes (QSTASH_TOKEN)")
    .action(acting(async (options: WatchOptions) => await (await import("./operate/watch.ts")).watch(options)));

  addJobs(program);
  addTenants(program);
}

function addJobs(program: Command): void {
  const { add, below } = commandsOf(program);
  const jobs = add("jobs", "Lists the parked calls, the latest first.")
    .option("--state <state>", "queued, running, waiting_for_human, answered, dead, cancelled or stored")
    .option("--tenant <tenant>", "only this tenant's")
    .option("--kind <kind>", "only this kind of work")
    .option("--limit <number>", "about so many (50)")
    .option("--after <job>", "the next page: what the last one said")
    .action(acting(async (options: JobsOptions) => await (await import("./operate/jobs.ts")).jobs(options)));
  below(jobs, "show <id>", "Shows one, with its history.")
    .option("--prompt", "with its prompt, draft and answer, which are private")
    .action(
      acting(
        async (options: ShowOptions, id: string) => await (await import("./operate/jobs.ts")).showJob(id, options),
      ),
    );
  below(jobs, "answer <id> [words]", "Answers one; - takes what is piped in.")
    .option("--file <file>", "the answer's text")
    .action(
      acting(
        async (options: AnswerOptions, id: string, words?: string) =>
          await (await import("./operate/jobs.ts")).answerJob(id, words, options),
      ),
    );
  below(jobs, "retry <id>", "Sends one back to the queue.").action(
    acting(async (options, id: string) => await (await import("./operate/jobs.ts")).retryJob(id, options)),
  );
  below(jobs, "retry-dead", "Sends every dead one back to the queue.").action(
    acting(async (options) => await (await import("./operate/jobs.ts")).retryDead(options)),
  );
  below(jobs, "cancel <id>", "Cancels one and erases its prompt and answer.").action(
    acting(async (options, id: string) => await (await import("./operate/jobs.ts")).cancelJob(id, options)),
  );
}

function addTenants(program: Command): void {
  const { add, below } = commandsOf(program);
  const tenants = add("tenants", "Lists whose apps call, with their limits and what they spent this month.").action(
    acting(async (options) => await (await import("./operate/tenants.ts")).tenants(options)),
  );
  below(tenants, "key <tenant>", "Makes a key for a tenant's server; it is shown once.")
    .option("--name <words>", "where it is used")
    .action(
      acting(
        async (options: KeyOptions, tenant: string) =>
          await (await import("./operate/tenants.ts")).makeKey(tenant, options),
      ),
    );
  below(tenants, "keys", "Lists the keys, without what is secret.")
    .option("--tenant <tenant>", "only this tenant's")
    .action(acting(async (options: KeysOptions) => await (await import("./operate/tenants.ts")).listKeys(options)));
  below(tenants, "revoke <id>", "Takes a key back.").action(
    acting(async (options, id: string) => await (await import("./operate/tenants.ts")).revokeKey(id, options)),
  );
  below(tenants, "limits [scope]", "Shows budgets, or changes the limits of a tenant (or all, account:X, user:T/U).")
    .option("--requests-per-minute <number>", "or none")
    .option("--daily-tokens <number>", "or none")
    .option("--monthly-tokens <number>", "or none")
    .option("--monthly-usd <dollars>", "or none")
    .option("--reset", "the map's own limits again")
    .action(
      acting(
        async (options: LimitOptions, scope?: string) =>
          await (await import("./operate/tenants.ts")).limits(scope, options),
      ),
    );
}

function commandsOf(program: Command) {
  return {
    add: (name: string, what: string): Command => withAddress(program.command(name).description(what)),
    below: (parent: Command, name: string, what: string): Command =>
      withAddress(parent.command(name).description(what)),
  };
}

export function withAddress(command: Command): Command {
  return command
    .addOption(new Option("--url <url>", `the Worker (otherwise ${LOCAL_URL})`).env("LISBON_URL"))
    .addOption(new Option("--admin-key <key>", "the Worker's (otherwise that of .dev.vars)").env("LISBON_ADMIN_KEY"))
    .option("--json", "for programs")
    .option("--yes", "without a question");
}

/**
 * A subcommand's options may stand on either side of its name, so those of all its parents count. What a command has
 * of its own is optional, and commander has put it there.
 */
function acting(
  run: (options: CommandOptions, ...words: string[]) => Promise<Ending>,
): (this: Command, ...given: unknown[]) => Promise<void> {
  return async function act(this: Command) {
    const options = this.optsWithGlobals<CommandOptions>();
    process.exitCode = showEnding(await run(options, ...this.args), options);
  };
}
