/** `npm start -- --routes FILE --port N --env-file FILE --full` */
import { parseArgs } from "node:util";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";

const DEFAULT_PORT = 8787;

export interface StartOptions {
  /** Undefined: `routes.prod.json` when one of its keys is there, else the simulated providers. */
  readonly routes: string | undefined;
  readonly port: number;
  /** Undefined: `.dev.vars`, where there is one. */
  readonly envFile: string | undefined;
  /** With Redis and QStash beside it. */
  readonly full: boolean;
}

export function readStartOptions(args: readonly string[]): Result<StartOptions, string> {
  const parsed = parse(args);
  if (!parsed.ok) return parsed;
  const { routes, port, "env-file": envFile, full = false } = parsed.value;
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    return fail(`--port ${port}: a port is a number from 1 to 65535`);
  }
  return ok({ routes, port: number, envFile, full });
}

interface Given {
  readonly routes?: string | undefined;
  readonly port?: string | undefined;
  readonly "env-file"?: string | undefined;
  readonly full?: boolean | undefined;
}

function parse(args: readonly string[]): Result<Given, string> {
  const options = {
    routes: { type: "string" },
    port: { type: "string" },
    "env-file": { type: "string" },
    full: { type: "boolean" },
  } as const;
  try {
    return ok(parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values);
  } catch (cause) {
    // Node's own words name the option; what follows the first sentence is about quoting.
    const reason = cause instanceof Error ? (cause.message.split(". ")[0] ?? "") : String(cause);
    return fail(`${reason}. There are --routes FILE, --port N, --env-file FILE and --full.`);
  }
}
