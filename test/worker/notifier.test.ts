import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Notice } from "../../src/domain/notice.ts";
import { QUIET_NOTICE } from "../../src/domain/notice.ts";
import { standardRouting } from "../support/standard-routing.ts";
import type { Notifier } from "./notifier-entry.ts";
import { noticeWorld } from "./notifier-entry.ts";

const SECRET = `whsec_${btoa("a secret of more than twenty-four bytes")}`;
const TARGETS = [
  { kind: "slack", url: "https://slack.test/services/secret-path" },
  { kind: "webhook", url: "https://hook.test/secret-path" },
  { kind: "email", to: "ops@example.com" },
] as const;

beforeEach(() => {
  noticeWorld.aheadMs = 0;
  noticeWorld.sent.length = 0;
  noticeWorld.targets.clear();
  noticeWorld.logged.length = 0;
  noticeWorld.notices = { ...standardRouting().notices, targets: TARGETS };
  const resend = { url: "https://resend.test", apiKey: "re_key", from: "lisbon@example.com" };
  noticeWorld.senders = { resend, signingSecret: SECRET };
});

function objectOf(name: string): DurableObjectStub<Notifier> {
  // The binding's class is the one that this project's entry exports, not the one of `src/index.ts`.
  const namespace: DurableObjectNamespace<Notifier> = Reflect.get(env, "NOTIFIER");
  return namespace.getByName(name);
}

function noticeOf(more: Partial<Notice> = {}): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "cold",
    key: "cold",
    title: "A call was parked",
    why: "No route could answer it.",
    nextAction: "Nothing.",
    atMs: Date.now(),
    ...more,
  };
}

/** The span in which a burst is gathered is over, and the alarm fires. */
async function passGathering(notifier: DurableObjectStub<Notifier>): Promise<void> {
  noticeWorld.aheadMs += 2_000;
  expect(await runDurableObjectAlarm(notifier)).toBe(true);
}

async function statesOf(notifier: DurableObjectStub<Notifier>): Promise<readonly string[]> {
  const { messages } = await notifier.overview();
  return messages.flatMap(({ deliveries }) => deliveries.map(({ target, state }) => `${target}: ${state}`));
}

async function alarmInMs(notifier: DurableObjectStub<Notifier>): Promise<number | null> {
  const atMs = await runInDurableObject(notifier, (_instance, state) => state.storage.getAlarm());
  return atMs === null ? null : atMs - Date.now();
}

describe("the notifier", () => {
  it("answers whoever raises a notice before any sender was asked, and sends it by its alarm", async () => {
    const notifier = objectOf("by alarm");
    noticeWorld.targets.set("slack.test", () => new Promise(() => {}));
    await notifier.raise(noticeOf());
    expect(noticeWorld.sent).toEqual([]);
    expect(await alarmInMs(notifier)).toBeGreaterThan(1_000);
    expect(await alarmInMs(notifier)).toBeLessThanOrEqual(2_000);

    await passGathering(notifier);
    expect(noticeWorld.sent.map(({ url }) => new URL(url).host).toSorted()).toEqual([
      "hook.test",
      "resend.test",
      "slack.test",
    ]);
    expect(await statesOf(notifier)).toEqual([
      "email ops@example.com: arrived",
      "slack slack.test: waiting",
      "webhook hook.test: arrived",
    ]);
  });

  it("makes one message of a thousand notices", async () => {
    const notifier = objectOf("burst");
    await Promise.all(
      Array.from({ length: 1000 }, (_none, number) => notifier.raise(noticeOf({ jobIds: [`job_${number}`] }))),
    );
    await passGathering(notifier);

    const { messages } = await notifier.overview();
    expect(messages).toMatchObject([{ count: 1000, title: "A call was parked (1000 times)" }]);
    expect(messages[0]?.jobIds).toHaveLength(10);
  });

  it("loses nothing when it is evicted between raising and sending, nor after a failed try", async () => {
    const notifier = objectOf("evicted");
    noticeWorld.targets.set("hook.test", async () => new Response("", { status: 500 }));
    await notifier.raise(noticeOf());
    await evictDurableObject(notifier);
    await passGathering(notifier);
    await evictDurableObject(notifier);
    expect(await alarmInMs(notifier)).toBeLessThanOrEqual(5_000);

    noticeWorld.targets.clear();
    noticeWorld.aheadMs += 5_000;
    await runDurableObjectAlarm(notifier);
    expect(await statesOf(notifier)).toContain("webhook hook.test: arrived");
    const ids = noticeWorld.sent
      .filter(({ url }) => url.startsWith("https://hook.test"))
      .map(({ headers }) => headers.get("webhook-id"));
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });

  it("sends again what a dead alarm had begun", async () => {
    const dying = objectOf("dies");
    noticeWorld.notices = { ...noticeWorld.notices, targets: [TARGETS[1]] };
    noticeWorld.targets.set("hook.test", () => new Promise(() => {}));
    await dying.raise(noticeOf());
    noticeWorld.aheadMs += 2_000;
    const lost = runInDurableObject(dying, (instance) => instance.alarm()).catch(() => null);
    while (noticeWorld.sent.length === 0) await scheduler.wait(5);
    // The object dies in the middle of it, as in a deploy or a crash.
    await runInDurableObject(dying, (_instance, state) => state.abort("gone")).catch(() => null);
    await lost;
    const notifier = objectOf("dies");

    noticeWorld.targets.clear();
    expect(await runDurableObjectAlarm(notifier)).toBe(true);
    expect(await statesOf(notifier)).toEqual(["webhook hook.test: arrived"]);
    const ids = noticeWorld.sent.map(({ headers }) => headers.get("webhook-id"));
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });

  it("never throws in its alarm, says what went wrong, and tries again", async () => {
    const notifier = objectOf("throws");
    await notifier.raise(noticeOf());
    await runInDurableObject(notifier, (_instance, state) => {
      state.storage.sql.exec("ALTER TABLE deliveries RENAME TO elsewhere");
    });
    await passGathering(notifier);
    expect(noticeWorld.logged).toContainEqual(expect.objectContaining({ event: "notifier_alarm_failed" }));
    expect(await alarmInMs(notifier)).toBeGreaterThan(25_000);

    await runInDurableObject(notifier, (_instance, state) => {
      state.storage.sql.exec("ALTER TABLE elsewhere RENAME TO deliveries");
    });
    expect((await notifier.overview()).alarmFailure).toContain("no such table");
    await runDurableObjectAlarm(notifier);
    expect(await statesOf(notifier)).toHaveLength(3);
  });

  it("sets a missing alarm again at any request", async () => {
    const notifier = objectOf("alarm");
    await notifier.raise(noticeOf());
    await runInDurableObject(notifier, (_instance, state) => state.storage.deleteAlarm());
    await notifier.overview();

    expect(await alarmInMs(notifier)).toBeLessThanOrEqual(2_000);
  });

  it("does not crash over a target that is not configured", async () => {
    const notifier = objectOf("bare");
    noticeWorld.senders = { resend: null, signingSecret: null };
    await notifier.raise(noticeOf());
    await passGathering(notifier);

    expect(await statesOf(notifier)).toEqual([
      "email ops@example.com: not_configured",
      "slack slack.test: arrived",
      "webhook hook.test: not_configured",
    ]);
  });

  it("gives up what waits for a target that the map no longer has", async () => {
    const notifier = objectOf("gone");
    await notifier.raise(noticeOf());
    noticeWorld.targets.set("slack.test", async () => new Response("", { status: 500 }));
    await passGathering(notifier);
    noticeWorld.notices = { ...noticeWorld.notices, targets: [TARGETS[1]] };
    await evictDurableObject(notifier);
    noticeWorld.aheadMs += 5_000;
    await runDurableObjectAlarm(notifier);

    expect(await statesOf(notifier)).toContain("slack slack.test: given_up");
  });
});

describe("a test of the senders", () => {
  it("goes through all of them at once, is marked, and says which arrived and why not", async () => {
    const notifier = objectOf("test");
    noticeWorld.targets.set("slack.test", async () => new Response("no_service", { status: 404 }));
    noticeWorld.senders = { ...noticeWorld.senders, resend: null };

    expect(await notifier.sendTest()).toEqual([
      { target: "slack slack.test", kind: "slack", outcome: "failed", detail: "status 404: no_service" },
      { target: "webhook hook.test", kind: "webhook", outcome: "arrived", detail: null },
      {
        target: "email ops@example.com",
        kind: "email",
        outcome: "not_configured",
        detail: "RESEND_API_KEY or NOTICE_FROM is missing",
      },
    ]);
    expect(noticeWorld.sent.every(({ body }) => body.includes("[TEST] Lisbon can reach you here"))).toBe(true);
    expect((await notifier.overview()).messages).toMatchObject([{ kind: "test" }]);
  });

  it("is sent however often it is asked for, and shows no webhook's path", async () => {
    const notifier = objectOf("test twice");
    await notifier.sendTest();
    await notifier.sendTest();

    expect(noticeWorld.sent).toHaveLength(6);
    expect(JSON.stringify([await notifier.overview(), noticeWorld.logged])).not.toMatch(/secret-path|re_key|whsec_/);
  });
});
