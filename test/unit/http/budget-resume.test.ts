import { describe, expect, it } from "vitest";
import { pause, pauses } from "../../../src/http/admin-pause.ts";
import { budgetResume } from "../../../src/http/budget-resume.ts";
import { budgetWebhook } from "../../../src/http/budget-webhook.ts";
import { embeddedRedis } from "../../../dev/redis/embedded-redis.ts";
import { startRedisFront } from "../../../dev/redis/front.ts";
import { realClock } from "../../../src/lib/clock.ts";
import { post, SECRET, World } from "./budget-support.ts";

describe("a resume", () => {
  it.each([
    ["", null],
    ["{}", null],
    [{ provider: "Gemini" }, "Gemini"],
  ])("with the body %j is told to the switchboard", async (body, provider) => {
    const world = new World();
    const response = await budgetResume(post(body), world.deps, "id");

    expect(response.status).toBe(204);
    expect(world.told).toEqual([{ kind: "resume", provider }]);
  });

  it.each([
    ["{", "invalid_json"],
    [{ provider: "" }, "invalid_request"],
    [{ providers: "gemini" }, "invalid_request"],
    ["[]", "invalid_request"],
  ])("with the body %j is refused, so that a mistake does not resume everything", async (body, code) => {
    const world = new World();
    const response = await budgetResume(post(body), world.deps, "id");

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code } });
    expect(world.told).toEqual([]);
  });
});

describe("an operator's pause", () => {
  it("is told to the switchboard, and listed", async () => {
    const world = new World();
    expect((await pause(post({ provider: "google" }), world.deps, "id")).status).toBe(204);
    expect(world.told).toEqual([{ kind: "pause", provider: "google", reason: "An operator paused it." }]);

    const list = await pauses(post(""), world.deps, "id");
    expect(await list.json()).toEqual({
      paused: ["all"],
      pauses: [{ scope: "all", by: "hand", since: "2026-11-21T12:00:00.000Z", reason: "because", percent: null }],
    });
  });
});

describe("without the switchboard", () => {
  it("an alert, a pause and a resume go to Redis itself; what changes no flag is to be sent again", async () => {
    const backend = embeddedRedis(realClock);
    const front = await startRedisFront({ token: "t", backend });
    const world = new World();
    world.switchboard = "away";
    world.settings = { ...world.settings, redis: { url: front.url, token: "t" } };
    const flagsNow = async () =>
      (await backend.send({ name: "KEYS", args: [Buffer.from("pause*")] })).kind === "array" && front.commands.at(-2);
    const bearer = { authorization: `Bearer ${SECRET}` };

    const alert = await budgetWebhook(post({ provider: "gemini", percentUsed: 85 }, bearer), world.deps, "id");
    expect(alert.status).toBe(204);
    expect(await flagsNow()).toEqual(["MSET", "pause_ai_tasks:google", "1", "lisbon:epoch", "1"]);

    expect((await pause(post({}), world.deps, "id")).status).toBe(204);
    expect(await flagsNow()).toEqual(["MSET", "pause_ai_tasks", "1", "lisbon:epoch", "1"]);

    const low = await budgetWebhook(post({ provider: "gemini", percentUsed: 10 }, bearer), world.deps, "id");
    expect(low.status).toBe(503);

    expect((await budgetResume(post({ provider: "gemini" }), world.deps, "id")).status).toBe(204);
    expect(front.commands.at(-2)?.[0]).toBe("DEL");
    expect((await budgetResume(post(""), world.deps, "id")).status).toBe(204);
    expect(await backend.send({ name: "EXISTS", args: [Buffer.from("pause_ai_tasks")] })).toMatchObject({ value: 0 });

    await front.setFault({ kind: "down" });
    expect((await budgetWebhook(post({ provider: "gemini", percentUsed: 85 }, bearer), world.deps, "id")).status).toBe(
      503,
    );
    await front.close();
  });
});
