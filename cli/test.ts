/**
 * `lisbon test`: the Lisbon test. Without `--url` against a whole stack on this
 * machine, otherwise against a deployment. Prints a row for whatever is
 * measured, as it is known. Whatever was started or broken for it is ended or
 * mended, also on Ctrl-C.
 */
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import type { AdminFailure } from "./ask-admin.ts";
import { showEnding } from "./run-command.ts";
import { checksOf } from "./lisbon-test/checks.ts";
import { Cleanup } from "./lisbon-test/cleanup.ts";
import { deployedStage } from "./lisbon-test/deployed-stage.ts";
import type { LisbonAddress } from "./lisbon-test/lisbon-client.ts";
import { startLocalStack } from "./lisbon-test/local-stack.ts";
import type { Row } from "./lisbon-test/row.ts";
import type { Stage } from "./lisbon-test/stage.ts";
import { budgetAlert } from "./lisbon-test/steps/budget-alert.ts";
import { cutConnection } from "./lisbon-test/steps/cut-connection.ts";
import { hotBlocked } from "./lisbon-test/steps/hot-blocked.ts";
import { human } from "./lisbon-test/steps/human.ts";
import { humanElsewhere } from "./lisbon-test/steps/human-elsewhere.ts";
import { serverErrors } from "./lisbon-test/steps/server-errors.ts";
import { outcomeOf, rowText, TABLE_HEAD } from "./lisbon-test/table.ts";

export interface TestOptions {
  readonly url?: string;
  readonly adminKey?: string;
  readonly apiKey?: string;
  readonly budgetSecret?: string;
  readonly json?: true;
  readonly log?: true;
}

type Say = (line: string) => void;

type Report = (row: Row) => void;

/** The exit code. */
export async function lisbonTest(options: TestOptions): Promise<number> {
  const address = options.url === undefined ? null : addressOf(options, options.url);
  if (address?.ok === false) return showEnding(address, { ...(options.json && { json: options.json }) });
  const cleanup = new Cleanup();
  let interrupted = false;
  const onSignal = (): void => {
    interrupted = true;
    void cleanup.run().finally(() => process.exit(INTERRUPTED));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);

  // With --json the one thing on stdout is the result.
  const say: Say = (line) => (options.json ? console.error(line) : console.log(line));
  const rows: Row[] = [];
  const began = performance.now();
  const report: Report = (row) => {
    // What fails because everything is being ended says nothing.
    if (interrupted) return;
    rows.push(row);
    say(rowText(row));
  };
  try {
    if (address === null) await here(options, say, report, cleanup);
    else await there(address.value, say, report, cleanup);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    report({ step: "-", what: "the test itself", verdict: "not_run", why });
  } finally {
    await cleanup.run();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  const { text, exitCode } = outcomeOf(rows, performance.now() - began);
  say(`\n${text}`);
  if (options.json) console.log(JSON.stringify({ ok: exitCode === 0, said: text, rows }, null, 2));
  return exitCode;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const INTERRUPTED = 130;

async function here({ log }: TestOptions, say: Say, report: Report, cleanup: Cleanup): Promise<void> {
  const stack = await startLocalStack(cleanup, (line) => log && console.error(line));
  say("The Lisbon test, on this machine: the Worker in workerd, Redis, QStash, providers behind TCP gates.");
  if (!stack.hasRedisServer) say("No redis-server is on the PATH: Redis is the embedded store.");
  say(`\n${TABLE_HEAD}`);
  const started = await stack.startWorker("day", 0);
  if (!started.ok) throw new Error(started.failure);
  await dayAtLisbon(stack, report);
  await human(checksOf("4", report), stack);
}

async function there(address: LisbonAddress, say: Say, report: Report, cleanup: Cleanup): Promise<void> {
  say(`The Lisbon test of ${address.url}.\n\n${TABLE_HEAD}`);
  const stage = await deployedStage(address, cleanup);
  await dayAtLisbon(stage, report);
  await humanElsewhere(checksOf("4", report), stage);
}

async function dayAtLisbon(stage: Stage, report: Report): Promise<void> {
  await cutConnection(checksOf("0", report), stage);
  await hotBlocked(checksOf("1", report), stage);
  await serverErrors(checksOf("2", report), stage);
  await budgetAlert(checksOf("3", report), stage);
}

function addressOf({ apiKey, adminKey, budgetSecret }: TestOptions, url: string): Result<LisbonAddress, AdminFailure> {
  const wrong = { kind: "usage", code: "usage" } as const;
  if (!URL.canParse(url))
    return fail({ ...wrong, message: `--url ${url} is no URL`, next: "Give one such as --url https://…" });
  if (!apiKey || !adminKey) {
    const next = "Give both, or set LISBON_API_KEY and LISBON_ADMIN_KEY.";
    return fail({ ...wrong, message: "a deployment is tested with --api-key and --admin-key", next });
  }
  return ok({ url: url.replace(/\/+$/, ""), apiKey, adminKey, budgetSecret: budgetSecret ?? null });
}
