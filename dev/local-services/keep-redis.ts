/** A real `redis-server` that cannot outlive this process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export type Kept =
  | { readonly kind: "serves"; readonly path: string }
  | { readonly kind: "missing" }
  | { readonly kind: "failed"; readonly reason: string };

export interface KeptRedis {
  /** For `connectRedis`, and for `redis-cli -s`. */
  readonly path: string;
  stop(): Promise<void>;
}

/** Null where no `redis-server` is on the PATH. Throws, with what it said, where there is one that does not serve. */
export async function keepRedis(): Promise<KeptRedis | null> {
  const program = fileURLToPath(new URL("./redis-keeper.ts", import.meta.url));
  const keeper = spawn(process.execPath, ["--no-warnings", program], {
    // Not in our group: Ctrl-C is for us, and we end it last.
    detached: process.platform !== "win32",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = new Promise<void>((resolve) => void keeper.once("exit", () => resolve()));
  const kept = await wordOf(keeper);
  if (kept.kind === "serves") return { path: kept.path, stop: () => release(keeper, ended) };
  await ended;
  if (kept.kind === "missing") return null;
  throw new Error(kept.reason);
}

async function wordOf(keeper: ChildProcess): Promise<Kept> {
  const word = once(keeper, "message").then(([kept]: readonly Kept[]) => kept);
  const silent = once(keeper, "exit").then(() => undefined);
  return (await Promise.race([word, silent])) ?? { kind: "failed", reason: "the keeper of redis-server has ended" };
}

async function release(keeper: ChildProcess, ended: Promise<void>): Promise<void> {
  if (keeper.connected) keeper.disconnect();
  await ended;
}
