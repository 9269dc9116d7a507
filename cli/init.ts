/** `lisbon init`: from nothing to a map that `lisbon check` passes, with its variables. It starts and asks nobody. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { describeAlternatives, missingVariables } from "../src/routing/map-variables.ts";
import type { AdminFailure } from "./ask-admin.ts";
import { hasTerminal } from "./confirm.ts";
import { whereOf } from "./doctor/variable-forms.ts";
import { askAnswers, mayReplace } from "./init/ask-answers.ts";
import type { Terminal } from "./init/ask-answers.ts";
import { TUNNEL } from "./init/known-providers.ts";
import { makeMap, notifyVariable } from "./init/make-map.ts";
import type { InitAnswers } from "./init/make-map.ts";
import { readFlags } from "./init/read-flags.ts";
import type { InitFlags } from "./init/read-flags.ts";
import { addVariables, ignoreVariables, MAP_FILE, VARIABLES_FILE, writeMap } from "./init/write-files.ts";
import type { Ending } from "./run-command.ts";
import { variablesFrom, withShell } from "./variables-from.ts";

export interface InitOptions extends InitFlags {
  readonly force?: true;
  readonly yes?: true;
  readonly json?: true;
}

export async function init(options: InitOptions, folder: string, terminal: Terminal = ours()): Promise<Ending> {
  const answers = await answersOf(options, folder, terminal);
  if (!answers.ok) return answers;
  const map = makeMap(answers.value);
  const kept = writeMap(folder, map);
  const added = addVariables(folder, variablesOf(answers.value));
  const ignored = ignoreVariables(folder);
  const set = variablesFrom(undefined, folder);
  const missing = missingVariables(map, (name) => (set.ok ? set.value[name] : undefined)).map(({ name }) => name);
  return ok({
    json: { map: MAP_FILE, keptMap: kept, variables: { file: VARIABLES_FILE, added }, missing, ignored },
    lines: (paint) => [
      `${paint("good", "Written")}: ${MAP_FILE}${kept === null ? "" : ` (the one before is ${kept})`}`,
      `${paint("good", "Written")}: ${VARIABLES_FILE}, for you alone to read: ${added.length === 0 ? "nothing new" : added.join(", ")}`,
      ...(ignored ? [`${paint("good", "Written")}: .gitignore, so that ${VARIABLES_FILE} is never committed`] : []),
      "",
      ...nextSteps(answers.value, missing),
    ],
  });
}

async function answersOf(
  options: InitOptions,
  folder: string,
  terminal: Terminal,
): Promise<Result<InitAnswers, AdminFailure>> {
  const isThere = existsSync(join(folder, MAP_FILE));
  if (options.yes) {
    const read = readFlags(options, withShell({}));
    if (!read.ok) return fail(usage(read.failure, "npx lisbon init --yes --providers anthropic,openai"));
    if (!isThere || options.force) return read;
    return fail(
      usage(`${MAP_FILE} is there already`, "Write another one with --force; the old one is kept beside it."),
    );
  }
  if (options.json || (terminal.input === process.stdin && !hasTerminal())) {
    const next = "Say it with flags: npx lisbon init --yes --providers anthropic,openai --budget 50";
    return fail(usage("init asks questions, and there is no terminal to ask at", next));
  }
  const may = isThere && !options.force ? await mayReplace(MAP_FILE, terminal) : true;
  const known = variablesFrom(undefined, folder);
  const answers = may ? await askAnswers(known.ok ? known.value : {}, terminal) : null;
  if (answers !== null) return ok(answers);
  const next = "npx lisbon init asks again from the start.";
  return fail({ kind: "declined", code: "not_confirmed", message: "Nothing was written.", next });
}

function ours(): Terminal {
  return { input: process.stdin, output: process.stderr };
}

/** Those that were given, and the secrets that nobody has to think up. */
function variablesOf({ variables, server, notify }: InitAnswers): Readonly<Record<string, string>> {
  const webhook = notify === null ? null : notifyVariable(notify);
  return {
    LISBON_KEY_SECRET: randomBytes(32).toString("hex"),
    LISBON_ADMIN_KEY: randomBytes(32).toString("hex"),
    LISBON_SIGNING_SECRET: `whsec_${randomBytes(32).toString("base64")}`,
    BUDGET_WEBHOOK_SECRET: randomBytes(32).toString("hex"),
    ...variables,
    ...(server !== null && { [TUNNEL]: server.url }),
    ...(webhook !== null && notify !== null && { [webhook]: notify }),
  };
}

/** What opens one environment must not open another: docs/quick-start.md names the same. */
export const OWN_SECRETS = ["LISBON_KEY_SECRET", "LISBON_ADMIN_KEY", "BUDGET_WEBHOOK_SECRET"] as const;

function nextSteps({ server, notify }: InitAnswers, missing: readonly string[]): readonly string[] {
  const isEmail = notify !== null && notifyVariable(notify) === null;
  return [
    "Next:",
    ...missing.map((name) => `  put ${describeAlternatives(name)} into ${VARIABLES_FILE}: ${whereOf(name)}`),
    ...(isEmail ? [`  for e-mail: RESEND_API_KEY and NOTICE_FROM in ${VARIABLES_FILE} (docs/notices.md)`] : []),
    ...(server === null ? [] : [`  in the map: the model that ${server.label} has loaded, instead of ${server.model}`]),
    "  npx lisbon check                     what the map still lacks",
    "  npm start                            serve it here, and ask it something",
    "  npx lisbon doctor --ask-providers    do the keys work?",
    "Then staging, with secrets of its own (docs/quick-start.md, from step 3 on):",
    `  cp ${VARIABLES_FILE} .env.staging`,
    "  in it new ones, each from openssl rand -hex 32:",
    `    ${OWN_SECRETS.join(", ")}`,
    "  npx lisbon deploy staging --env-file .env.staging",
  ];
}

function usage(message: string, next: string): AdminFailure {
  return { kind: "usage", code: "usage", message, next };
}
