import { describe, expect, it } from "vitest";
import { errorOf, startForTests } from "./setup.ts";

const { client, qstash, to, arrived, call } = await startForTests();

function create(scheduleId = "nightly", cron = "0 4 * * *") {
  return client.schedules.create({ destination: `${to}/tick`, cron, scheduleId, body: '{"a":1}', retries: 1 });
}

describe("a schedule", () => {
  it("is shown as it was made", async () => {
    expect(await create()).toEqual({ scheduleId: "nightly" });

    expect(await client.schedules.get("nightly")).toMatchObject({
      scheduleId: "nightly",
      cron: "0 4 * * *",
      destination: `${to}/tick`,
      body: '{"a":1}',
      retries: 1,
      isPaused: false,
    });
  });

  it("takes the place of the one with its id", async () => {
    await create("nightly", "0 4 * * *");
    await create("nightly", "CRON_TZ=Europe/Lisbon 0 5 * * *");

    expect(await client.schedules.list()).toMatchObject([{ cron: "CRON_TZ=Europe/Lisbon 0 5 * * *" }]);
  });

  it("fired by hand publishes its message", async () => {
    await create();
    qstash.fireSchedule("nightly");
    await qstash.settled();

    expect(arrived).toMatchObject([{ path: "/tick", body: '{"a":1}', headers: { "upstash-schedule-id": "nightly" } }]);
  });

  it("publishes nothing while it is paused", async () => {
    await create();
    await client.schedules.pause({ schedule: "nightly" });
    expect(qstash.fireSchedule("nightly")).toBeUndefined();

    await client.schedules.resume({ schedule: "nightly" });
    expect(qstash.fireSchedule("nightly")).toMatch(/^msg_/);
  });

  it("is gone once deleted", async () => {
    await create();
    await client.schedules.delete("nightly");

    expect(await errorOf(client.schedules.get("nightly"))).toMatchObject({ status: 404 });
  });

  it.each([["every night"], ["* * * *"]])("with the cron expression %j is refused with 400", async (cron) => {
    expect(await errorOf(create("nightly", cron))).toMatchObject({ status: 400 });
  });

  it("with an id of other characters is refused with 400", async () => {
    expect(await errorOf(create("every night"))).toMatchObject({ status: 400 });
  });

  it("over the plan's number is refused with 412, a new version of a known one is not", async () => {
    qstash.setLimits({ schedules: 1 });
    await create("one");

    expect(await errorOf(create("two"))).toMatchObject({ status: 412 });
    expect(await create("one")).toEqual({ scheduleId: "one" });
  });

  it("for a queue is not supported", async () => {
    const headers = { "upstash-cron": "* * * * *", "upstash-queue-name": "cold" };

    expect((await call("POST", `/v2/schedules/${to}/tick`, { headers })).status).toBe(501);
  });
});
