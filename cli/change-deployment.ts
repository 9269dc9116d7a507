/** `lisbon promote` and `lisbon rollback`: what is uploaded already serves more, or less. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { confirmed } from "./confirm.ts";
import { lookAt, showDeployment } from "./deploy.ts";
import { readEnvironment } from "./deploy-environment.ts";
import { writeConfig } from "./deployed-workers.ts";
import type { ReadyWorker } from "./deployed-workers.ts";
import type { ExitCode } from "./exit-codes.ts";
import { percentOf, promote, routerOf, versionHeader } from "./gradual.ts";
import { NOT_UNDONE, rollBack } from "./roll-back.ts";
import { showEnding } from "./run-command.ts";
import type { SmokeOptions } from "./smoke.ts";

const SHARE = "A whole number from 1 to 100, in per cent of the requests: npx lisbon promote staging 50";

export interface ChangeOptions extends SmokeOptions {
  readonly url?: string;
  readonly yes?: true;
  readonly reason?: string;
  readonly json?: true;
}

export async function promoteRouter(environment: string, share: string, options: ChangeOptions): Promise<ExitCode> {
  const percent = percentOf(share, 100);
  if (percent === null) {
    return showDeployment(fail(`${share} is no share.\n${SHARE}`), options);
  }
  return showDeployment(
    await withWorkers(environment, async (workers) => {
      const router = routerOf(workers);
      const version = await promote(router, percent);
      if (!version.ok) return version;
      const now = `${router.name}: ${version.value} has ${percent} % of the requests.`;
      if (options.url === undefined) return ok(now);
      const looked = await lookAt(options.url, options, versionHeader(router.name, version.value));
      return looked.ok
        ? ok(`${now}\n${looked.value}`)
        : fail(`${now}\n${looked.failure}\nBack: npx lisbon rollback ${environment}`);
    }),
    options,
  );
}

export async function rollBackAll(environment: string, options: ChangeOptions): Promise<ExitCode> {
  console.error(NOT_UNDONE);
  const sure = await confirmed(`All three Workers of ${environment} go back one deployment.`, options);
  if (!sure.ok) return showEnding(sure, options);
  return showDeployment(
    await withWorkers(environment, async (workers) => {
      const back = await rollBack(workers, options.reason ?? "lisbon rollback");
      if (!back.ok || options.url === undefined) return back;
      const looked = await lookAt(options.url, options);
      return looked.ok
        ? ok(`${back.value}\n${looked.value}`)
        : fail(`${back.value}\n${looked.failure}\nWhich routes serve: npx lisbon status --url ${options.url}`);
    }),
    options,
  );
}

async function withWorkers(
  environment: string,
  change: (workers: readonly ReadyWorker[]) => Promise<Result<string, string>>,
): Promise<Result<string, string>> {
  const target = await readEnvironment(environment);
  if (!target.ok) return target;
  const folder = mkdtempSync(join(tmpdir(), "lisbon-"));
  try {
    return await change(target.value.workers.map((worker) => ({ ...worker, configPath: writeConfig(folder, worker) })));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
