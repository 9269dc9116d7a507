import type { FlowControl } from "@upstash/qstash";
import { describe, expect, it } from "vitest";
import { DAY, errorOf, MINUTE, SECOND, startForTests } from "./setup.ts";

const { client, qstash, to, arrived, answer, pass, paths } = await startForTests();

async function publishMany(count: number, flowControl: FlowControl): Promise<void> {
  for (let n = 0; n < count; n += 1) await client.publishJSON({ url: `${to}/${n}`, body: n, flowControl });
}

describe("a flow-control key", () => {
  it("lets no more deliveries run at once than its parallelism", async () => {
    const held: (() => void)[] = [];
    answer(async () => {
      await new Promise<void>((resolve) => void held.push(resolve));
      return { status: 200 };
    });
    await publishMany(5, { key: "parallel", parallelism: 2 });
    await expect.poll(() => arrived.length).toBe(2);
    expect(await client.flowControl.get("parallel")).toMatchObject({
      waitListSize: 3,
      parallelismMax: 2,
      parallelismCount: 2,
    });

    held.shift()?.();
    await expect.poll(() => arrived.length).toBe(3);
    answer(() => ({ status: 200 }));
    for (const release of held) release();
    await qstash.settled();
    expect(arrived).toHaveLength(5);
  });

  it("starts no more deliveries in a period than its rate, in the order they came", async () => {
    await publishMany(5, { key: "rate", rate: 2, period: "1m" });
    await pass(DAY);

    expect(arrived.map(({ path, afterMs }) => [path, afterMs])).toEqual([
      ["/0", 0],
      ["/1", 0],
      ["/2", MINUTE],
      ["/3", MINUTE],
      ["/4", 2 * MINUTE],
    ]);
  });

  it("counts a second where no period is given", async () => {
    await publishMany(2, { key: "rate-per-second", rate: 1 });
    await pass(DAY);

    expect(arrived.map(({ afterMs }) => afterMs)).toEqual([0, SECOND]);
  });

  it("counts retries too", async () => {
    answer(({ path }) => ({ status: path === "/0" ? 500 : 200 }));
    const flowControl = { key: "retries", rate: 1, period: "1m" } as const;
    await client.publishJSON({ url: `${to}/0`, body: 0, retries: 1, retryDelay: "1000", flowControl });
    await pass(10 * MINUTE);

    expect(arrived.map(({ afterMs }) => afterMs)).toEqual([0, MINUTE]);
  });

  it("holds everything while it is paused, and lets go when resumed", async () => {
    await client.flowControl.pause("paused");
    await publishMany(3, { key: "paused", parallelism: 5 });
    await pass(MINUTE);
    expect(arrived).toHaveLength(0);
    expect(await client.flowControl.get("paused")).toMatchObject({ isPaused: true, waitListSize: 3 });

    await client.flowControl.resume("paused");
    await qstash.settled();
    expect(arrived).toHaveLength(3);
  });

  it("does not hold another", async () => {
    await client.flowControl.pause("mine");
    await client.publishJSON({ url: `${to}/mine`, body: 1, flowControl: { key: "mine", rate: 1 } });
    await client.publishJSON({ url: `${to}/other`, body: 1, flowControl: { key: "other", rate: 1 } });
    await qstash.settled();

    expect(paths()).toEqual(["/other"]);
  });

  it("has the limits of its newest message", async () => {
    await publishMany(1, { key: "newest", parallelism: 1 });
    await publishMany(1, { key: "newest", parallelism: 7 });
    await qstash.settled();

    expect(await client.flowControl.get("newest")).toMatchObject({ parallelismMax: 7, parallelismCount: 0 });
  });

  it("is echoed on the delivery", async () => {
    await client.publishJSON({ url: `${to}/run`, body: 1, flowControl: { key: "echo", parallelism: 2, rate: 3 } });
    await qstash.settled();

    expect(arrived[0]?.headers).toMatchObject({
      "upstash-flow-control-key": "echo",
      "upstash-flow-control-value": "parallelism=2, rate=3",
    });
  });

  it("that nobody used is 404", async () => {
    expect(await errorOf(client.flowControl.get("unheard"))).toMatchObject({ status: 404 });
  });

  it("gives the place of a cancelled message to the next", async () => {
    await client.flowControl.pause("cancel");
    await publishMany(2, { key: "cancel", rate: 5 });
    await client.messages.cancel({ filter: { url: `${to}/0` } });
    await client.flowControl.resume("cancel");
    await qstash.settled();

    expect(paths()).toEqual(["/1"]);
  });
});
