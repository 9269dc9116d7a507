/** A bash that is given a page's commands one after another, as somebody who pastes them has it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface ShellRun {
  /** The exit code of the command. */
  readonly code: number;
  /** What it printed, to stdout and stderr. */
  readonly out: string;
}

export interface Shell {
  /** `typed`: what somebody types at a command that reads. */
  run(command: string, typed?: string): Promise<ShellRun>;
  /** Resolves once it has ended. */
  end(): Promise<void>;
}

const repository = process.cwd();
const LISBON = `exec "${process.execPath}" -- "${join(repository, "cli/lisbon.mjs")}"`;

/**
 * What stands before the PATH: `curl` as it is, but silent, and failing where the answer is an error; `npx` without the
 * registry; and programs that need an account or a server of somebody's, which write down what they are told.
 */
const PROGRAMS: Readonly<Record<string, string>> = {
  curl: `PATH=\${PATH#*:} exec curl -sS --fail-with-body --max-time 20 "$@"`,
  npx: `program=$1; shift; if [ "$program" = lisbon ]; then ${LISBON} "$@"; fi; exec "$program" "$@"`,
  npm: `shift 2; [ "$1" = -- ] && shift; ${LISBON} deploy "$@"`,
  git: `cat "\${2#*:}"`,
  // One number, where one is asked for.
  gcloud: `echo "gcloud $*" >> "$RECORD"; [ "$1" = projects ] && echo 1234567890; exit 0`,
  wrangler: `echo "wrangler $*" >> "$RECORD"; exit 0`,
  // The same command by Upstash's REST: no redis-server is needed for it.
  "redis-cli": `shift 2; IFS=/; exec curl -H "authorization: Bearer $UPSTASH_REDIS_REST_TOKEN" "$UPSTASH_REDIS_REST_URL/$*"`,
};

/** `folder`: it works there. `programs`: instead of those above. */
export function startShell(
  folder: string,
  variables: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>> = {},
): Shell {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  for (const [name, text] of Object.entries({ ...PROGRAMS, ...programs }))
    writeFileSync(join(bin, name), text.startsWith("#!") ? text : `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 });
  const PATH = `${bin}${delimiter}${process.env["PATH"]}`;
  const child = spawn("bash", ["--noprofile", "--norc"], {
    cwd: folder,
    env: { PATH, HOME: folder, ...variables },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  let look: (() => void) | null = null;
  const hear = (piece: Buffer): void => {
    said += piece.toString();
    look?.();
  };
  child.stdout.on("data", hear);
  const ended = once(child, "close").then(() => look?.());

  return {
    async run(command, typed) {
      said = "";
      const done = new Promise<ShellRun>((resolve) => {
        look = () => {
          const end = /([^]*)\n<<ended (\d+)>>\n$/.exec(said);
          if (end !== null) resolve({ code: Number(end[2]), out: end[1] ?? "" });
          else if (child.exitCode !== null) resolve({ code: child.exitCode, out: said });
        };
      });
      const input = typed === undefined ? "" : `${typed}\n`;
      const from = typed === undefined ? "</dev/null " : "";
      child.stdin.write(`{ ${command}\n} 2>&1 ${from}\n${input}printf '\\n<<ended %s>>\\n' $?\n`);
      return await done;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
