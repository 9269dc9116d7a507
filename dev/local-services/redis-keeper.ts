/**
 * A process that holds a `redis-server` for whoever started it, and ends it
 * when that one is gone, even by `kill -9`. Says over IPC how it went.
 */
import { startRedisServer } from "../redis/start-redis-server.ts";
import type { RedisServer } from "../redis/start-redis-server.ts";
import type { Kept } from "./keep-redis.ts";

let server: RedisServer | null = null;
let leaving = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void leave());
process.on("disconnect", () => void leave());

try {
  server = await startRedisServer();
  say(server === null ? { kind: "missing" } : { kind: "serves", path: server.path });
} catch (cause) {
  say({ kind: "failed", reason: cause instanceof Error ? cause.message : String(cause) });
}
// Its parent may have gone while it started.
if (leaving || server === null) await end();

function say(kept: Kept): void {
  // Nobody listens any more where the parent is gone: then it ends anyway.
  if (process.connected) process.send?.(kept);
}

async function leave(): Promise<void> {
  if (leaving) return;
  leaving = true;
  if (server !== null) await end();
}

async function end(): Promise<void> {
  await server?.stop();
  process.exit(0);
}
