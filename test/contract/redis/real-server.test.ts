import { existsSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { connectRedis } from "../../../dev/redis/connect-redis.ts";
import { startRedisServer } from "../../../dev/redis/start-redis-server.ts";
import { sdk, startStages } from "./stages.ts";

const { server, stages } = await startStages();
const PING = { name: "PING", args: [] };

describe("without redis-server on the PATH", () => {
  it("there is none to start", async () => {
    vi.stubEnv("PATH", "");

    expect(await startRedisServer().finally(() => vi.unstubAllEnvs())).toBeNull();
  });
});

describe.skipIf(server === null)("a redis-server of our own", () => {
  it("is gone when stopped, with its folder", async () => {
    const { path, pid, stop } = await started();
    expect(existsSync(path)).toBe(true);
    await stop();

    expect(existsSync(path)).toBe(false);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  it("that dies rejects what is under way, and what is sent after", async () => {
    const { path, stop } = await started();
    const redis = connectRedis({ path });
    await redis.send(PING);
    const underWay = redis.send({ name: "BLPOP", args: [Buffer.from("list"), Buffer.from("0")] });
    const lost = expect(underWay).rejects.toThrow("the connection to Redis was closed");
    await stop();

    await lost;
    await expect(redis.send(PING)).rejects.toThrow("ENOENT");
    await redis.close();
  });

  it("is reached again after the connection was lost", async () => {
    const redis = connectRedis({ path: server?.path ?? "" });
    await redis.send(PING);
    await redis.send({
      name: "CLIENT",
      args: ["KILL", "TYPE", "normal", "SKIPME", "no"].map((word) => Buffer.from(word)),
    });
    await vi.waitFor(async () => expect(await redis.send(PING)).toEqual({ kind: "status", text: "PONG" }), {
      timeout: 20_000,
    });
    await redis.close();
  });

  it("runs commands in the database that was asked for, and none where it has no such database", async () => {
    const path = server?.path ?? "";
    const third = connectRedis({ path, database: 3 });
    await third.send({ name: "SET", args: [Buffer.from("k"), Buffer.from("v")] });
    expect(await third.send({ name: "DBSIZE", args: [] })).toEqual({ kind: "integer", value: 1 });
    expect(await stages.at(-1)?.backend.send({ name: "DBSIZE", args: [] })).toEqual({ kind: "integer", value: 0 });
    await third.close();

    const none = connectRedis({ path, database: 99 });
    await expect(none.send(PING)).rejects.toThrow("Redis refused SELECT: ERR DB index is out of range");
    await none.close();
  });

  it("lets in only who knows its password", async () => {
    const own = await started();
    const open = connectRedis({ path: own.path });
    await open.send({ name: "CONFIG", args: ["SET", "requirepass", "right"].map((word) => Buffer.from(word)) });
    await open.close();

    const [right, wrong] = ["right", "wrong"].map((password) => connectRedis({ path: own.path, password }));
    expect(await right?.send(PING)).toEqual({ kind: "status", text: "PONG" });
    await expect(wrong?.send(PING)).rejects.toThrow("Redis refused AUTH: WRONGPASS");
    await own.stop();
  });

  it("carries large values and many commands at once", async () => {
    const front = stages.at(-1)?.front;
    if (front === undefined) throw new Error("no front");
    const redis = sdk(front);
    const large = "é".repeat(500_000);
    await redis.set("large", large);

    expect(await redis.get("large")).toBe(large);
    const counted = await Promise.all(Array.from({ length: 200 }, () => redis.incr("n")));
    expect(counted.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
  });
});

async function started() {
  const own = await startRedisServer();
  if (own === null) throw new Error("redis-server is gone from the PATH");
  return own;
}
