/** The senders against real servers, with a clock twenty times as fast: a limit of 10 s is half of one. */
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NoticeSettings, NoticeTarget } from "../../src/domain/routing.ts";
import { type Clock, realClock } from "../../src/lib/clock.ts";
import { deliverDue } from "../../src/notify/deliver-due.ts";
import type { Due } from "../../src/notify/outbox.ts";
import { Outbox } from "../../src/notify/outbox.ts";
import { NotifierTables } from "../../src/notify/notifier-tables.ts";
import type { SenderSettings } from "../../src/notify/send-message.ts";
import { sendMessage } from "../../src/notify/send-message.ts";
import type { SendOutcome } from "../../src/notify/send-request.ts";
import { targetNamed } from "../../src/notify/targets.ts";
import type { NoticeReceiver } from "../support/notice-receiver.ts";
import { startNoticeReceiver } from "../support/notice-receiver.ts";
import { createSqlStorage } from "../support/sql-storage.ts";
import { messageOf, noticeOf, settingsOf } from "../unit/notify/support.ts";

const SECRET = `whsec_${Buffer.from("a secret of more than twenty-four bytes").toString("base64")}`;
const API_KEY = "re_a_key_that_nobody_may_see";

const SPEED = 20;
const startedMs = Date.now();
const fast: Clock = {
  now: () => startedMs + (Date.now() - startedMs) * SPEED,
  after(ms, run) {
    const timer = setTimeout(run, ms / SPEED);
    return () => clearTimeout(timer);
  },
};

/** For who answers: on a busy machine half a second may pass before that is seen. */
const patient: Clock = { now: () => fast.now(), after: (ms, run) => realClock.after(ms, run) };

let slack: NoticeReceiver;
let resend: NoticeReceiver;
let hook: NoticeReceiver;
let settings: SenderSettings;

beforeEach(async () => {
  [slack, resend, hook] = await Promise.all([startNoticeReceiver(), startNoticeReceiver(), startNoticeReceiver()]);
  settings = { signingSecret: SECRET, resend: { url: resend.url, apiKey: API_KEY, from: "lisbon@example.com" } };
});

afterEach(async () => {
  await Promise.all([slack, resend, hook].map((each) => each.close()));
});

function targets(): Record<"slack" | "email" | "webhook", NoticeTarget> {
  return {
    slack: { kind: "slack", url: `${slack.url}/services/T/B/secret-path` },
    email: { kind: "email", to: "ops@example.com" },
    webhook: { kind: "webhook", url: `${hook.url}/secret-path` },
  };
}

function receiverOf(kind: NoticeTarget["kind"]): NoticeReceiver {
  return { slack, email: resend, webhook: hook }[kind];
}

function send(kind: NoticeTarget["kind"], clock = patient, message = messageOf()): Promise<SendOutcome> {
  return sendMessage(message, targets()[kind], settings, { fetch, clock });
}

const KINDS = ["slack", "email", "webhook"] as const;

describe.each(KINDS)("a notice to %s", (kind) => {
  it("arrives", async () => {
    expect(await send(kind)).toEqual({ kind: "arrived" });
    expect(receiverOf(kind).received).toMatchObject([
      { headers: { "content-type": "application/json", "user-agent": "lisbon" } },
    ]);
  });

  it.each(["hangs", "hangs_in_the_body"] as const)("that %s is over after 10 s", async (behaviour) => {
    receiverOf(kind).behave(behaviour);
    const beganMs = fast.now();
    expect(await send(kind, fast)).toMatchObject({
      kind: "failed",
      detail: "no whole answer within 10 s",
      targetDown: true,
    });
    expect(fast.now() - beganMs).toBeGreaterThanOrEqual(9_900);
  });

  it.each([
    ["resets" as const, { detail: "it could not be reached", targetDown: true, final: false }],
    [{ status: 500 }, { detail: "status 500", targetDown: true, final: false }],
    [{ status: 404 }, { detail: "status 404", targetDown: false, final: false }],
    [{ status: 410 }, { detail: "status 410", targetDown: false, final: true }],
    [
      { status: 302, headers: { location: "http://127.0.0.1:1/" } },
      { detail: "status 302", targetDown: false },
    ],
    [
      { status: 429, headers: { "retry-after": "30" } },
      { detail: "status 429", retryAfterMs: 30_000, targetDown: true },
    ],
  ])("that meets %j fails, and says how", async (behaviour, outcome) => {
    receiverOf(kind).behave(behaviour);

    expect(await send(kind)).toMatchObject({ kind: "failed", ...outcome });
  });

  it("fails where nobody listens, and does not say where that was", async () => {
    await receiverOf(kind).close();

    expect(await send(kind)).toMatchObject({ kind: "failed", detail: "it could not be reached", targetDown: true });
  });
});

describe("Slack", () => {
  it("gets blocks at the webhook's own path, and its word for an error is passed on", async () => {
    await send("slack");
    expect(slack.received[0]?.path).toBe("/services/T/B/secret-path");
    expect(JSON.parse(slack.received[0]?.body ?? "")).toMatchObject({
      text: "A call was parked",
      blocks: [{ type: "header" }, { type: "section", text: { type: "mrkdwn" } }],
    });

    slack.behave({ status: 404, body: "no_service" });
    expect(await send("slack")).toMatchObject({ detail: "status 404: no_service" });
    slack.behave({ status: 502, body: "<html>Bad gateway</html>" });
    expect(await send("slack")).toMatchObject({ detail: "status 502" });
  });
});

describe("Resend", () => {
  it("gets the key, one recipient, and the same Idempotency-Key at each try of a message", async () => {
    await send("email");
    await send("email");
    await send("email", patient, messageOf({ id: `msg_${"1".repeat(32)}` }));

    const [first, second, other] = resend.received;
    expect(first).toMatchObject({ path: "/emails", headers: { authorization: `Bearer ${API_KEY}` } });
    expect(JSON.parse(first?.body ?? "")).toMatchObject({ from: "lisbon@example.com", to: ["ops@example.com"] });
    expect(second?.headers["idempotency-key"]).toBe(first?.headers["idempotency-key"]);
    expect(second?.body).toBe(first?.body);
    expect(other?.headers["idempotency-key"]).not.toBe(first?.headers["idempotency-key"]);
  });

  it("has its reason passed on, but never the key", async () => {
    const message = `The domain is not verified. ${API_KEY}`;
    resend.behave({ status: 403, body: JSON.stringify({ statusCode: 403, name: "validation_error", message }) });

    expect(await send("email")).toMatchObject({
      detail: "status 403: validation_error The domain is not verified. …",
    });
  });

  it("that knows the key of an e-mail with other words has sent it", async () => {
    resend.behave({ status: 409, body: JSON.stringify({ name: "invalid_idempotent_request", message: "…" }) });
    expect(await send("email")).toEqual({ kind: "arrived" });

    resend.behave({ status: 409, body: JSON.stringify({ name: "concurrent_idempotent_requests", message: "…" }) });
    expect(await send("email")).toMatchObject({ kind: "failed" });
  });

  it("without a key is not configured, and nobody is asked", async () => {
    settings = { ...settings, resend: null };

    expect(await send("email")).toEqual({
      kind: "not_configured",
      detail: "RESEND_API_KEY or NOTICE_FROM is missing",
    });
    expect(resend.received).toEqual([]);
  });
});

describe("a webhook", () => {
  const real: Clock = { ...patient, now: () => Date.now() };

  it("is signed so that the library verifies it; a changed body is not", async () => {
    await send("webhook", real);
    const [request] = hook.received;
    const headers = Object.fromEntries(
      ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, String(request?.headers[name])]),
    );

    expect(new Webhook(SECRET).verify(request?.body ?? "", headers)).toMatchObject({ type: "notice.cold" });
    expect(() => new Webhook(SECRET).verify(`${request?.body} `, headers)).toThrow("No matching signature");
  });

  it("keeps its id over all tries", async () => {
    hook.behave({ status: 500 });
    await send("webhook");
    await send("webhook");

    expect(hook.received.map(({ headers }) => headers["webhook-id"])).toEqual([messageOf().id, messageOf().id]);
  });

  it.each([
    [null, "LISBON_SIGNING_SECRET is missing"],
    ["whsec_ü is no base64", "LISBON_SIGNING_SECRET is not whsec_ and base64"],
    ["whsec_", "LISBON_SIGNING_SECRET is not whsec_ and base64"],
  ])("with the secret %s is not configured, and nobody is called", async (signingSecret, detail) => {
    settings = { ...settings, signingSecret };

    expect(await send("webhook")).toEqual({ kind: "not_configured", detail });
    expect(hook.received).toEqual([]);
  });
});

function notices(): NoticeSettings {
  return settingsOf({ targets: Object.values(targets()) });
}

/** Two messages at once: a closing notice does not wait for the end of the gathering. */
function raise(outbox: Outbox, key: string): void {
  const notice = noticeOf({ key, atMs: fast.now() });
  outbox.raise(notice);
  outbox.raise({ ...notice, closes: true });
}

function deliver(outbox: Outbox): Promise<void> {
  const sendDue = ({ message, delivery }: Due): Promise<SendOutcome> => {
    const target = targetNamed(delivery.target, notices());
    if (target === null) throw new Error(`no target ${delivery.target}`);
    return sendMessage(message, target, settings, { fetch, clock: fast });
  };
  return deliverDue(outbox, { clock: fast, send: sendDue });
}

describe("a round of deliveries", () => {
  const logged: string[] = [];

  function outboxOf(): Outbox {
    logged.length = 0;
    return new Outbox({
      notices: notices(),
      clock: fast,
      store: new NotifierTables(createSqlStorage()),
      newId: () => crypto.randomUUID().replaceAll("-", ""),
      log: (line) => logged.push(JSON.stringify(line)),
    });
  }

  it("brings every target every message, though the first hangs, and what is raised meanwhile too", async () => {
    slack.behave("hangs");
    const outbox = outboxOf();
    raise(outbox, "one");
    const round = deliver(outbox);
    await expect.poll(() => hook.received.length, { interval: 2 }).toBe(2);
    raise(outbox, "two");
    await expect.poll(() => [hook.received.length, resend.received.length], { interval: 2 }).toEqual([4, 4]);
    const stuck = outbox
      .overview()
      .messages.flatMap(({ deliveries }) => deliveries.filter(({ target }) => target.startsWith("slack")));
    expect(new Set(stuck.map(({ state }) => state))).toEqual(new Set(["waiting"]));

    slack.behave("takes_it");
    await round;
    const { messages } = outbox.overview();
    expect(messages).toHaveLength(4);
    for (const { deliveries } of messages) {
      const other = deliveries.filter(({ target }) => !target.startsWith("slack"));
      expect(other.map(({ state, attempts }) => [state, attempts])).toEqual([
        ["arrived", 1],
        ["arrived", 1],
      ]);
    }
  });

  it("keeps what failed for later, and ends", async () => {
    hook.behave({ status: 500 });
    const outbox = outboxOf();
    raise(outbox, "one");
    await deliver(outbox);

    const states = outbox.overview().messages.flatMap(({ deliveries }) => deliveries.map(({ state }) => state));
    expect(states.toSorted()).toEqual(["arrived", "arrived", "arrived", "arrived", "waiting", "waiting"]);
    expect(outbox.nextDueMs()).not.toBeNull();
  });

  it("writes no key, no secret and no webhook's path to the log, the tables' overview or another's body", async () => {
    slack.behave({ status: 500, body: "secret-path" });
    hook.behave({ status: 500, body: "secret-path" });
    resend.behave({ status: 403, body: JSON.stringify({ name: "x", message: API_KEY }) });
    const outbox = outboxOf();
    raise(outbox, "one");
    await deliver(outbox);

    const bodies = [slack, resend, hook].flatMap(({ received }) => received.map(({ body }) => body));
    const seen = [...logged, ...bodies, JSON.stringify(outbox.overview())].join("\n");
    expect(logged.filter((line) => line.includes("notice_not_sent")).length).toBeGreaterThanOrEqual(4);
    for (const secret of [API_KEY, SECRET, "secret-path"]) expect(seen).not.toContain(secret);
  });
});
