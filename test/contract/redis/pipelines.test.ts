import { Redis } from "@upstash/redis";
import { afterEach, describe, expect, it, vi } from "vitest";
import { messageOf, sdk, startStages } from "./stages.ts";

const { stages } = await startStages();

afterEach(() => vi.restoreAllMocks());

describe.each(stages)("a pipeline over $name", ({ front }) => {
  const redis = sdk(front);

  it("runs its commands in order, in one request", async () => {
    const sent = vi.spyOn(globalThis, "fetch");

    expect(await redis.pipeline().set("n", 1).incr("n").get("n").exec()).toEqual(["OK", 2, 2]);
    expect(sent).toHaveBeenCalledOnce();
    expect(front.commands).toEqual([
      ["SET", "n", "1"],
      ["INCR", "n"],
      ["GET", "n"],
    ]);
  });

  it("goes on after an error, and says which command failed", async () => {
    const failing = () => redis.pipeline().set("s", "abc").incr("s").set("after", 1);

    expect(await failing().exec({ keepErrors: true })).toEqual([
      { result: "OK", error: undefined },
      { result: undefined, error: "ERR value is not an integer or out of range" },
      { result: "OK", error: undefined },
    ]);
    expect(await messageOf(failing().exec())).toContain("Command 2 [ incr ] failed: ERR value is not an integer");
    expect(await redis.get("after")).toBe(1);
  });
});

describe.each(stages)("a transaction over $name", ({ front }) => {
  const redis = sdk(front);

  it("answers each command", async () => {
    expect(await redis.multi().set("n", 1).incr("n").mget("n", "no").exec()).toEqual(["OK", 2, [2, null]]);
  });

  it("is discarded whole when a command of it cannot be run at all", async () => {
    const request = redis.multi().set("a", 1);
    // Too few arguments, which only a call without types can send.
    Reflect.apply(request.hget, request, ["b"]);

    expect(await messageOf(request.exec())).toContain("EXECABORT Transaction discarded because of: ERR wrong number");
    expect(await redis.get("a")).toBeNull();
  });

  it("keeps what went well when a command fails as it runs", async () => {
    const request = redis.multi().set("a", "abc").incr("a").set("b", 1);

    expect(await messageOf(request.exec())).toContain("Command 2 [ incr ] failed");
    expect(await redis.mget("a", "b")).toEqual(["abc", 1]);
  });

  it("lets nobody between", async () => {
    const many = Array.from({ length: 20 }, () => redis.multi().incr("n").incr("n").exec<[number, number]>());

    for (const [first, second] of await Promise.all(many)) expect(second).toBe(first + 1);
    expect(await redis.get("n")).toBe(40);
  });
});

describe.each(stages)("the SDK's automatic pipelines over $name", ({ front }) => {
  const pipelined = sdk(front, { enableAutoPipelining: true });

  it("send commands of one moment together, reads apart from writes: those are in no order", async () => {
    const sent = vi.spyOn(globalThis, "fetch");

    const [set, incremented] = await Promise.all([pipelined.set("n", 1), pipelined.incr("n"), pipelined.get("n")]);
    expect([set, incremented]).toEqual(["OK", 2]);
    expect(sent.mock.calls.map(([url]) => url)).toEqual([`${front.url}/pipeline`, `${front.url}/pipeline`]);
  });

  it("give an error other words than a command alone", async () => {
    await pipelined.set("s", "abc");

    expect(await messageOf(pipelined.incr("s"))).toBe("Command failed: ERR value is not an integer or out of range");
    expect(await messageOf(sdk(front).incr("s"))).toBe(
      'ERR value is not an integer or out of range, command was: ["incr","s"]',
    );
  });

  it("are on unless they are switched off", async () => {
    const sent = vi.spyOn(globalThis, "fetch");
    const { url, token } = front;
    await new Redis({ url, token }).get("n");

    expect(sent.mock.calls.map(([to]) => to)).toEqual([`${url}/pipeline`]);
  });
});
