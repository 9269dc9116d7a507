/** The product as its users have it: started by `dev/start.ts`, found by what it prints, ended by its id. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { envFileText } from "../../dev/env-file-text.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import { lookInLog, watchSecrets } from "./secret-watch.ts";
import { freePort, startProcess } from "./start-process.ts";

export interface ProductOptions {
  /** The routing map, or the path of one. */
  readonly routes: string | RoutingMap;
  /** What stands in its `--env-file`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Any free one by default. */
  readonly port?: number;
  /** What it stored is there for the next start on this port. */
  readonly keepState?: boolean;
}

export interface Product {
  readonly url: string;
  /** Of `npm start` itself; workerd is below it. */
  readonly pid: number;
  /** The development key that it printed. */
  readonly key: string;
  readonly adminKey: string;
  /** The `curl` line that it printed. */
  readonly curl: string;
  /** Where the simulated providers that it started are controlled; null where it started none. */
  readonly controlUrl: string | null;
  /** The official SDK, without retries of its own. */
  readonly client: OpenAI;
  /** Everything printed so far: the screen and the Worker's log. */
  output(): string;
  /** Resolves once the process has ended. */
  stop(): Promise<void>;
}

export async function startProduct(options: ProductOptions): Promise<Product> {
  const { routes, variables = {}, keepState = false } = options;
  const folder = mkdtempSync(join(tmpdir(), "lisbon-product-"));
  const mapFile = typeof routes === "string" ? routes : join(folder, "routes.json");
  if (typeof routes !== "string") writeFileSync(mapFile, JSON.stringify(routes));
  watchSecrets(variables);
  // Always a file of the test's own: a `.dev.vars` with real keys stays out of it.
  const envFile = join(folder, "vars.env");
  writeFileSync(envFile, envFileText(variables), { mode: 0o600 });

  const port = options.port ?? (await freePort());
  const args = ["--routes", mapFile, "--port", String(port), "--env-file", envFile];
  const { child, pid, printed, screen: shown, exit } = startProcess({ args, keepState });
  const screen = await shown;
  const url = `http://127.0.0.1:${port}`;
  const key = found(screen, /lsb_dev_[\w-]+/);
  return {
    url,
    pid,
    key,
    adminKey: readFileSync(found(screen, /(?<=\$\(cat )[^)]+/), "utf8").trim(),
    curl: found(screen, /(?<=^ +)curl -N .*$/m),
    controlUrl: /http:\S+\/_control(?=\/faults)/.exec(screen)?.[0] ?? null,
    client: new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0, logLevel: "off" }),
    output: printed,
    async stop() {
      child.kill("SIGTERM");
      await exit;
      // The screen shows the development key on purpose; what the Worker logs comes after it.
      for (const line of printed().slice(screen.length).split("\n")) lookInLog(line);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function found(printed: string, what: RegExp): string {
  const [first] = what.exec(printed) ?? [];
  if (first === undefined) throw new Error(`${what} is not in what was printed:\n${printed}`);
  return first;
}
