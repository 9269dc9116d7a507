import { describe, expect, it } from "vitest";
import { messageOf, sdk, startStages } from "./stages.ts";

const { stages, server } = await startStages();
if (server === null) console.info("redis-server is not on the PATH: these tests ran against the embedded store alone");

describe.each(stages)("$name through the official SDK", ({ front, letPass }) => {
  const redis = sdk(front);

  it("keeps strings, numbers and objects", async () => {
    await redis.set("object", { a: 1, s: "é" });
    await redis.set("text", "OK");
    await redis.set("long", "12345678901234567890");
    await redis.set("odd", "日本\u0000\r\n$-1");

    expect(await redis.mget("object", "text", "long", "odd")).toEqual([
      { a: 1, s: "é" },
      "OK",
      "12345678901234567890",
      "日本\u0000\r\n$-1",
    ]);
    expect(await redis.get("nothing")).toBeNull();
  });

  it("answers an MGET of flags with one value for each, null where it is not set", async () => {
    await redis.set("pause_ai_tasks:gemini", "1");
    await redis.hset("pause_ai_tasks:odd", { of: "another type" });

    expect(await redis.mget("pause_ai_tasks", "pause_ai_tasks:gemini", "pause_ai_tasks:odd", "lisbon:epoch")).toEqual([
      null,
      1,
      null,
      null,
    ]);
  });

  it("takes a lock once with SET NX EX, and again when its time is over", async () => {
    expect(await redis.set("lock", "mine", { nx: true, px: 500 })).toBe("OK");
    expect(await redis.set("lock", "theirs", { nx: true, ex: 60 })).toBeNull();
    expect(await redis.get("lock")).toBe("mine");

    await letPass(520);
    expect(await redis.set("lock", "theirs", { nx: true, ex: 60 })).toBe("OK");
    expect(await redis.ttl("lock")).toBe(60);
  });

  it("overwrites with XX only what is there, and answers the old value with GET", async () => {
    expect(await redis.set("key", "first", { xx: true })).toBeNull();
    await redis.set("key", "first");

    expect(await redis.set("key", "second", { xx: true, get: true })).toBe("first");
    expect(await redis.get("key")).toBe("second");
  });

  it("forgets a key when its time has come, and not before", async () => {
    await redis.set("soon", 1, { px: 500 });
    await redis.set("later", 1, { ex: 100 });
    expect(await redis.exists("soon", "later")).toBe(2);

    await letPass(520);
    expect(await redis.mget("soon", "later")).toEqual([null, 1]);
    expect(await redis.keys("*")).toEqual(["later"]);
    expect(await redis.ttl("soon")).toBe(-2);
  });

  it("keeps the time to live with KEEPTTL alone", async () => {
    await redis.set("key", 1, { ex: 50 });
    await redis.set("key", 2, { keepTtl: true });
    expect(await redis.ttl("key")).toBe(50);

    await redis.set("key", 3);
    expect(await redis.ttl("key")).toBe(-1);
  });

  it("gives and takes a time to live", async () => {
    await redis.set("key", 1);

    expect(await redis.expire("key", 100, "NX")).toBe(1);
    expect(await redis.expire("key", 200, "NX")).toBe(0);
    expect(await redis.pexpire("key", 5_000, "GT")).toBe(0);
    expect(await redis.pttl("key")).toBeGreaterThan(99_000);
    expect(await redis.persist("key")).toBe(1);
    expect(await redis.ttl("key")).toBe(-1);
    expect(await redis.expire("key", -1)).toBe(1);
    expect(await redis.get("key")).toBeNull();
  });

  it("counts, and keeps the window's time to live while it does", async () => {
    expect(await redis.incr("count")).toBe(1);
    await redis.expire("count", 60);
    expect(await redis.incrby("count", 5)).toBe(6);
    expect(await redis.ttl("count")).toBe(60);
  });

  it("keeps hashes, and turns HGETALL into an object", async () => {
    expect(await redis.hset("hash", { a: 1, b: "x" })).toBe(2);
    expect(await redis.hset("hash", { a: 2, c: { deep: true } })).toBe(1);
    expect(await redis.hincrby("hash", "a", 5)).toBe(7);

    expect(await redis.hgetall("hash")).toEqual({ a: 7, b: "x", c: { deep: true } });
    expect(await redis.hmget("hash", "a", "no")).toEqual({ a: 7, no: null });
    expect(await redis.hdel("hash", "a", "b", "c")).toBe(3);
    expect(await redis.type("hash")).toBe("none");
    expect(await redis.hgetall("hash")).toBeNull();
  });

  it("keeps sets and lists", async () => {
    expect(await redis.sadd("set", "a", "b", "a")).toBe(2);
    expect((await redis.smembers("set")).toSorted()).toEqual(["a", "b"]);
    expect(await redis.sismember("set", "b")).toBe(1);

    await redis.lpush("list", "b", "a");
    await redis.rpush("list", "c", "d");
    expect(await redis.lrange("list", 0, -2)).toEqual(["a", "b", "c"]);
    expect(await redis.rpop("list", 2)).toEqual(["d", "c"]);
    expect(await redis.lpop("list")).toBe("a");
  });

  it("scans in pages until the cursor is 0", async () => {
    const written = Array.from({ length: 40 }, (_, index) => `job:${index}`);
    await redis.mset(Object.fromEntries(written.map((key) => [key, 1])));
    await redis.set("other", 1);
    const [first, page] = await redis.scan(0, { match: "job:*", count: 10 });
    expect(first).not.toBe("0");

    const found = [...page];
    for (let cursor = first; cursor !== "0";) {
      const [next, more] = await redis.scan(cursor, { match: "job:*", count: 10 });
      found.push(...more);
      cursor = next;
    }
    expect(found.toSorted()).toEqual(written.toSorted());
  });

  it("is empty after FLUSHALL", async () => {
    await redis.set("key", 1);

    expect(await redis.flushall()).toBe("OK");
    expect(await redis.dbsize()).toBe(0);
    expect(await redis.ping()).toBe("PONG");
  });

  it("refuses a command that does not fit the key's type", async () => {
    await redis.hset("hash", { a: 1 });

    expect(await messageOf(redis.incr("hash"))).toContain("WRONGTYPE Operation against a key");
    expect(await messageOf(redis.get("hash"))).toContain("WRONGTYPE");
  });

  it("refuses to count what is no number", async () => {
    await redis.set("text", "abc");

    expect(await messageOf(redis.incr("text"))).toContain("ERR value is not an integer or out of range");
  });
});
