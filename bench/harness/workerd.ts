/** One workerd, started directly with a configuration of ours: nothing of wrangler or Miniflare is in the figures. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { Belongings } from "./belongings.ts";

export interface WorkerdOptions {
  readonly script: string;
  /** The Worker beside it that has the Durable Objects; null: there are none. */
  readonly state: string | null;
  readonly bindings: Readonly<Record<string, string>>;
  /** Binding name to class name. */
  readonly durableObjects: Readonly<Record<string, string>>;
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  readonly v8Flags: readonly string[];
}

export interface Workerd {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startWorkerd(options: WorkerdOptions, belongings: Belongings): Promise<Workerd> {
  const folder = mkdtempSync(join(belongings.folder, "workerd-"));
  mkdirSync(join(folder, "objects"));
  writeFileSync(join(folder, "main.mjs"), options.script);
  if (options.state !== null) writeFileSync(join(folder, "state.mjs"), options.state);
  writeFileSync(join(folder, "config.capnp"), configOf(options, join(folder, "objects")));
  const child = spawn(workerdBinary(), ["serve", "--control-fd=3", join(folder, "config.capnp")], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  belongings.children.add(child);
  // Notices about flags and the like are not the reader's business, an end is.
  let complaints = "";
  child.stderr?.on("data", (piece: Buffer) => (complaints = (complaints + piece.toString()).slice(-2_000)));
  const port = await listeningPort(child, () => complaints);
  if (child.pid === undefined) throw new Error("workerd did not start");
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    async stop() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
      belongings.children.delete(child);
    },
  };
}

/** The binary itself: the package's command is a Node script around it, and would be measured in its place. */
function workerdBinary(): string {
  const fromMiniflare = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  const { default: path }: { readonly default: string } = fromMiniflare("workerd");
  return path;
}

function listeningPort(child: ChildProcess, complaints: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`workerd ended with ${code}: ${complaints()}`)));
    const control = child.stdio[3];
    if (!(control instanceof Readable)) throw new Error("no control pipe");
    createInterface({ input: control }).on("line", (line) => {
      const message: { readonly event: string; readonly port?: number } = JSON.parse(line);
      if (message.event === "listen" && message.port !== undefined) resolve(message.port);
    });
  });
}

function configOf({ state, ...options }: WorkerdOptions, storage: string): string {
  const texts = Object.entries(options.bindings).map(
    ([name, text]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(text)})`,
  );
  const objects = state === null ? [] : Object.entries(options.durableObjects);
  const bound = objects.map(
    ([name, className]) =>
      `(name = "${name}", durableObjectNamespace = (className = "${className}", serviceName = "state"))`,
  );
  const namespaces = objects.map(
    ([, className]) => `(className = "${className}", uniqueKey = "${className}", enableSql = true)`,
  );
  const worker = (name: string, more: string): string => `const ${name} :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "${name}.mjs")],
  compatibilityDate = "${options.compatibilityDate}",
  compatibilityFlags = ${JSON.stringify(options.compatibilityFlags)},
  bindings = [${[...texts, ...bound].join(", ")}],${more}
);
`;
  const ofState = `
  durableObjectNamespaces = [${namespaces.join(", ")}],
  durableObjectStorage = (localDisk = "storage"),`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = ${JSON.stringify(options.v8Flags)},
  services = [
    (name = "main", worker = .main),${state === null ? "" : '\n    (name = "state", worker = .state),'}
    (name = "internet", network = (allow = ["public", "private"])),
    (name = "storage", disk = (path = ${JSON.stringify(storage)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
${worker("main", "")}${state === null ? "" : worker("state", ofState)}`;
}
