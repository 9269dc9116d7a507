/** The pause's flags through the official SDK, over each Redis that this machine has. */
import { describe, expect, it } from "vitest";
import { redisFlags } from "../../src/budget/redis-flags.ts";
import type { RedisStage } from "./redis/stages.ts";
import { startStages } from "./redis/stages.ts";

const { stages } = await startStages();
const names = new Map([
  ["google", ["google", "gemini"]],
  ["anthropic", ["anthropic", "claude"]],
]);
const LIMIT_MS = 5_000;

describe.each(stages)("the flags in $name", (stage) => {
  const flags = redisFlags({ url: stage.front.url, token: stage.front.token }, names);

  it("are none, without our mark, in a Redis that is new", async () => {
    expect(await flags.read(LIMIT_MS)).toEqual({ scopes: new Set(), epoch: false });
  });

  it("are read with one command", async () => {
    await flags.read(LIMIT_MS);

    expect(stage.front.commands).toEqual([
      [
        "MGET",
        "lisbon:epoch",
        "pause_ai_tasks",
        ...["google", "gemini", "anthropic", "claude"].map((name) => `pause_ai_tasks:${name}`),
      ],
    ]);
  });

  it.each(["1", "true", "yes", "paused", " on ", "2026-11-21", "null"])(
    "count when set to %j by hand",
    async (value) => {
      await command(stage, "SET", "pause_ai_tasks", value);
      await command(stage, "SET", "pause_ai_tasks:gemini", value);

      expect(await flags.read(LIMIT_MS)).toEqual({ scopes: new Set(["all", "google"]), epoch: false });
    },
  );

  it.each(["", " ", "0", "false", "FALSE", "no", "Off"])("do not count when set to %j", async (value) => {
    await command(stage, "SET", "pause_ai_tasks", value);

    expect((await flags.read(LIMIT_MS)).scopes).toEqual(new Set());
  });

  it("are written as 1 under the canonical name, together with our mark", async () => {
    await flags.write(
      [
        { kind: "set", scope: "all" },
        { kind: "set", scope: "google" },
      ],
      LIMIT_MS,
    );

    expect(await command(stage, "MGET", "pause_ai_tasks", "pause_ai_tasks:google", "lisbon:epoch")).toMatchObject({
      items: [{ bytes: Buffer.from("1") }, { bytes: Buffer.from("1") }, { bytes: Buffer.from("1") }],
    });
    expect(await flags.read(LIMIT_MS)).toEqual({ scopes: new Set(["all", "google"]), epoch: true });
  });

  it("of one provider are cleared under each of its names, and no other", async () => {
    for (const key of ["google", "gemini", "anthropic"]) await command(stage, "SET", `pause_ai_tasks:${key}`, "1");
    await flags.write([{ kind: "clear", scope: "google" }], LIMIT_MS);

    expect(await flags.read(LIMIT_MS)).toEqual({ scopes: new Set(["anthropic"]), epoch: true });
  });

  it("are all cleared, also those of names that no route has, and nothing else is", async () => {
    for (let place = 0; place < 250; place++) await command(stage, "SET", `pause_ai_tasks:p${place}`, "1");
    await command(stage, "SET", "pause_ai_tasks", "1");
    await command(stage, "SET", "somebody:else", "1");
    await flags.write([{ kind: "clear_all" }], LIMIT_MS);

    expect(await command(stage, "KEYS", "*")).toMatchObject({
      items: expect.arrayContaining([
        { kind: "bulk", bytes: Buffer.from("somebody:else") },
        { kind: "bulk", bytes: Buffer.from("lisbon:epoch") },
      ]),
    });
    expect(await command(stage, "DBSIZE")).toMatchObject({ value: 2 });
  });

  it("are written in the order in which they were decided", async () => {
    await flags.write([{ kind: "clear_all" }, { kind: "set", scope: "all" }], LIMIT_MS);

    expect(await flags.read(LIMIT_MS)).toEqual({ scopes: new Set(["all"]), epoch: true });
  });

  it("are not taken for gone when Redis is too slow, down, or somebody else's server", async () => {
    await command(stage, "SET", "pause_ai_tasks", "1");
    await stage.front.setFault({ kind: "slow", ms: 60_000 });
    await expect(flags.read(50)).rejects.toThrow();
    await expect(flags.write([{ kind: "epoch" }], 50)).rejects.toThrow();

    await stage.front.setFault({ kind: "down" });
    await expect(flags.read(LIMIT_MS)).rejects.toThrow();

    await stage.front.setFault(null);
    const wrong = redisFlags({ url: stage.front.url, token: "wrong" }, names);
    await expect(wrong.read(LIMIT_MS)).rejects.toThrow(/WRONGPASS/);
  });
});

function command({ backend }: RedisStage, name: string, ...args: string[]) {
  return backend.send({ name, args: args.map((arg) => Buffer.from(arg)) });
}
