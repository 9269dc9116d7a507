/**
 * Python with the official clients, for the tests that ask what a Python
 * service sees: a virtual environment under `node_modules/.cache`, made once
 * per `test/python/requirements.txt` and version of Python.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { repository } from "../../cli/bundle-worker.ts";

/** What requirements.txt was resolved for: an older one needs packages that are not in it. */
const OLDEST = [3, 11] as const;

export const requirementsFile = resolve(repository, "test/python/requirements.txt");

const run = promisify(execFile);

/**
 * The program to run, or null where this machine has no Python that will do:
 * then one line says so and these tests are left out. With
 * `LISBON_PYTHON=required`, as `.ci/run` sets it, that is an error.
 */
export async function pythonWithClients(): Promise<string | null> {
  try {
    return await installed(await findPython());
  } catch (cause) {
    const why = `Python's clients are not asked: ${cause instanceof Error ? cause.message : String(cause)}`;
    if (process.env["LISBON_PYTHON"] === "required") throw new Error(why, { cause });
    console.warn(why);
    return null;
  }
}

interface Python {
  readonly program: string;
  /** As `3.11.7 linux x86_64`: wheels are made for all three. */
  readonly version: string;
}

const VERSION = "import platform, sys; print(platform.python_version(), sys.platform, platform.machine())";

async function findPython(): Promise<Python> {
  const needed = `Python ${OLDEST.join(".")} or newer`;
  for (const program of ["python3", "python"]) {
    const version = await run(program, ["-c", VERSION]).then(
      ({ stdout }) => stdout.trim(),
      () => null,
    );
    if (version === null) continue;
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major === OLDEST[0] && minor >= OLDEST[1]) return { program, version };
  }
  throw new Error(`there is no ${needed} on the PATH`);
}

async function installed({ program, version }: Python): Promise<string> {
  const hash = createHash("sha256").update(version).update(readFileSync(requirementsFile)).digest("hex").slice(0, 16);
  const cache = resolve(repository, "node_modules/.cache/lisbon-python");
  const folder = join(cache, hash);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const built = `${folder}.${process.pid}`;
    try {
      await build(program, built);
      put(built, folder);
    } finally {
      rmSync(built, { recursive: true, force: true });
    }
  }
  return pythonIn(folder);
}

async function build(program: string, folder: string): Promise<void> {
  await run(program, ["-m", "venv", folder]).catch((cause: unknown) => {
    throw new Error("`python3 -m venv` failed (Debian: apt-get install python3-venv)", { cause });
  });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
  await run(pythonIn(folder), [...pip, "--require-hashes", "--only-binary", ":all:", "-r", requirementsFile]).catch(
    (cause: unknown) => {
      throw new Error("pip could not install test/python/requirements.txt", { cause });
    },
  );
}

/** Two test files may build at once: each in a folder of its own, and the first one done is taken. */
function put(built: string, folder: string): void {
  try {
    renameSync(built, folder);
  } catch (cause) {
    if (!existsSync(folder)) throw cause;
  }
}

function pythonIn(folder: string): string {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}
