/** A `redis-server` of our own: on a Unix socket in a folder of its own, in memory only, gone when stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectRedis } from "./connect-redis.ts";

export interface RedisServer {
  /** For `connectRedis`. */
  readonly path: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** Null where no `redis-server` is on the PATH. Throws, with what it said, where there is one that does not serve. */
export async function startRedisServer(): Promise<RedisServer | null> {
  const folder = await mkdtemp(join(tmpdir(), "lisbon-redis-"));
  const path = join(folder, "redis.sock");
  const child = spawn(PROGRAM, ["--port", "0", "--unixsocket", path, ...IN_MEMORY, "--dir", folder], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const running = follow(child);
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await running.ended;
    await rm(folder, { recursive: true, force: true });
  };
  const began = await serves(path, running);
  if (began && child.pid !== undefined) return { path, pid: child.pid, stop };
  await stop();
  if (running.missing()) return null;
  throw new Error(`${PROGRAM} does not serve: ${running.said().trim()}`);
}

/** The system's own: no package brings it. */
const PROGRAM = "redis-server";
const IN_MEMORY = ["--save", "", "--appendonly", "no", "--daemonize", "no"] as const;

interface Running {
  readonly ended: Promise<void>;
  readonly hasEnded: () => boolean;
  readonly missing: () => boolean;
  readonly said: () => string;
}

function follow(child: ChildProcess): Running {
  let said = "";
  let hasEnded = false;
  let missing = false;
  const listen = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-MOST_KEPT);
  };
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  const endWithUs = (): void => void child.kill("SIGTERM");
  process.once("exit", endWithUs);
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      hasEnded = true;
      process.off("exit", endWithUs);
      resolve();
    };
    child.once("error", (cause) => {
      missing = "code" in cause && cause.code === "ENOENT";
      said += cause.message;
      end();
    });
    child.once("exit", end);
  });
  return { ended, hasEnded: () => hasEnded, missing: () => missing, said: () => said };
}

/** Only the reason of a failed start is ever shown. */
const MOST_KEPT = 4_096;

async function serves(path: string, running: Running): Promise<boolean> {
  const redis = connectRedis({ path });
  const latest = performance.now() + PATIENCE_MS;
  try {
    while (!running.hasEnded() && performance.now() < latest) {
      try {
        const reply = await redis.send({ name: "PING", args: [] });
        if (reply.kind === "status") return true;
      } catch {
        // The socket is not there yet.
      }
      await Promise.race([sleep(POLL_MS), running.ended]);
    }
    return false;
  } finally {
    await redis.close();
  }
}

/** It takes about 30 ms; a machine under load has this long. */
const PATIENCE_MS = 10_000;
const POLL_MS = 10;
