/** A Worker under test: the real one in workerd, with a map and a state of its own, that can be stopped and started again. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { envFileText } from "../../dev/env-file-text.ts";
import { startWorker, type WorkerProcess } from "../../dev/worker-process.ts";
import { fail, ok, type Result } from "../../src/lib/result.ts";

export interface LocalWorker {
  stop(): Promise<void>;
}

export interface LocalWorkerOptions {
  /** Its state, kept from one start to the next. */
  readonly folder: string;
  readonly port: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly showLine: (line: string) => void;
  readonly onStarting: (stop: () => Promise<void>) => void;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MAP = fileURLToPath(new URL("./routes.json", import.meta.url));

export async function startLocalWorker(options: LocalWorkerOptions): Promise<Result<LocalWorker, string>> {
  const { folder, port, variables, showLine, onStarting } = options;
  mkdirSync(folder, { recursive: true });
  const [tsconfig, envFile] = [join(folder, "tsconfig.json"), join(folder, "vars.env")];
  const compilerOptions = { paths: { "#routes": [MAP] } };
  writeFileSync(tsconfig, JSON.stringify({ extends: join(ROOT, "tsconfig.json"), compilerOptions }));
  writeFileSync(envFile, envFileText(variables), { mode: 0o600 });
  const started: Result<WorkerProcess, string> = await startWorker({
    root: ROOT,
    port,
    tsconfig,
    envFile,
    stateFolder: folder,
    showLine,
    onStarting,
  });
  return started.ok ? ok({ stop: () => started.value.stop() }) : fail(`the Worker did not start: ${started.failure}`);
}
