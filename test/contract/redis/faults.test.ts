import { afterEach, describe, expect, it, vi } from "vitest";
import { messageOf, sdk, startStages } from "./stages.ts";

const { stages } = await startStages();

afterEach(() => vi.restoreAllMocks());

describe.each(stages)("the front of $name, down", ({ front }) => {
  it("refuses connections, and is back with its keys when the fault is gone", async () => {
    const redis = sdk(front);
    await redis.set("k", "v");
    await front.setFault({ kind: "down" });
    await front.setFault({ kind: "down" });

    await expect(fetch(front.url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    expect(await messageOf(redis.get("k"))).toBe("fetch failed");

    await front.setFault(null);
    expect(await redis.get("k")).toBe("v");
  });

  it("is tried again by the SDK: twice with retry off, else as often as it is told", async () => {
    await front.setFault({ kind: "down" });
    const sent = vi.spyOn(globalThis, "fetch");

    await messageOf(sdk(front).get("k"));
    expect(sent).toHaveBeenCalledTimes(2);
    await messageOf(sdk(front, { retry: { retries: 3, backoff: () => 0 } }).get("k"));
    expect(sent).toHaveBeenCalledTimes(2 + 4);
  });
});

describe.each(stages)("the front of $name, up", ({ front }) => {
  it("is not asked again after a refusal", async () => {
    const sent = vi.spyOn(globalThis, "fetch");

    await messageOf(sdk(front, { token: "wrong", retry: { retries: 3, backoff: () => 0 } }).get("k"));
    expect(sent).toHaveBeenCalledOnce();
  });
});

describe.each(stages)("the front of $name, slow", ({ front, clock, backend }) => {
  const received = () => expect.poll(() => front.commands, { interval: 1 }).not.toEqual([]);

  it("runs a command when it arrives and answers late", async () => {
    await front.setFault({ kind: "slow", ms: 5_000 });
    const answered = vi.fn<(result: unknown) => void>();
    const work = sdk(front).set("k", "v").then(answered);
    await received();

    expect(await backend.send({ name: "EXISTS", args: [Buffer.from("k")] })).toEqual({ kind: "integer", value: 1 });
    await clock.advance(4_999);
    expect(answered).not.toHaveBeenCalled();
    await clock.advance(1);
    await work;
    expect(answered).toHaveBeenCalledWith("OK");
  });

  it("rejects a caller who gives up where the SDK's signal is a function", async () => {
    await front.setFault({ kind: "slow", ms: 5_000 });
    const controller = new AbortController();
    const work = messageOf(sdk(front, { signal: () => controller.signal }).get("k"));
    await received();
    controller.abort(new Error("took too long"));

    expect(await work).toBe("took too long");
  });

  it("gives that caller the reason as if it were the value where the signal is none", async () => {
    await front.setFault({ kind: "slow", ms: 5_000 });
    const controller = new AbortController();
    const work = sdk(front, { signal: controller.signal, responseEncoding: false }).get("k");
    await received();
    controller.abort("took too long");

    expect(await work).toBe("took too long");
  });

  it("closes without waiting for answers that it holds back", async () => {
    await front.setFault({ kind: "slow", ms: 5_000 });
    const work = messageOf(sdk(front, { retry: false }).get("k"));
    await received();
    await front.setFault({ kind: "down" });

    expect(await work).toBe("fetch failed");
  });
});
