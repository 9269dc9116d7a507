import { createServer } from "node:http";
import { Client } from "@upstash/qstash";
import { describe, expect, it } from "vitest";
import { ManualClock, realClock } from "../../../dev/qstash/clock.ts";
import { startLocalQstash } from "../../../dev/qstash/server.ts";

describe("a manual clock", () => {
  it("runs what is due in the order of its time, each at its own", () => {
    const clock = new ManualClock(0);
    const seen: (readonly [string, number])[] = [];
    clock.at(20, () => seen.push(["second", clock.now()]));
    clock.at(10, () => seen.push(["first", clock.now()]));
    clock.at(31, () => seen.push(["later", clock.now()]));
    clock.advance(30);

    expect(seen).toEqual([
      ["first", 10],
      ["second", 20],
    ]);
    expect(clock.now()).toBe(30);
  });

  it("forgets what was called off", () => {
    const clock = new ManualClock(0);
    clock.at(10, () => {
      throw new Error("it ran");
    })();

    expect(() => clock.advance(20)).not.toThrow();
  });
});

describe("a local QStash by the real clock", () => {
  it("delays and retries by itself", async () => {
    const qstash = await startLocalQstash({ token: "t", currentSigningKey: "a", nextSigningKey: "b" });
    const client = new Client({ baseUrl: qstash.url, token: "t", retry: false });
    await client.publishJSON({ url: "http://127.0.0.1:1/", body: 1, retries: 1, retryDelay: "20" });
    await expect.poll(() => qstash.deliveries.map(({ retried }) => retried)).toEqual([0, 1]);

    await qstash.close();
  });

  it("sends nothing once it is closed, not even the callback of what it broke off", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const to = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
    const qstash = await startLocalQstash({ token: "t", currentSigningKey: "a", nextSigningKey: "b" });
    const client = new Client({ baseUrl: qstash.url, token: "t", retry: false });
    await client.publishJSON({ url: to, body: 1, retries: 1, retryDelay: "20", callback: to });
    await qstash.close();
    await qstash.settled();
    await new Promise<void>((resolve) => void setTimeout(resolve, 60));

    expect(qstash.deliveries).toHaveLength(1);
    silent.closeAllConnections();
    silent.close();
  });
});

describe("the real clock", () => {
  it("wakes at the moment asked for", async () => {
    const until = Date.now() + 20;
    await new Promise<void>((resolve) => void realClock.at(until, resolve));

    expect(Date.now()).toBeGreaterThanOrEqual(until);
  });
});
