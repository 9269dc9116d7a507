/** `kill -9` of everything that `npm start` has started, at the worst moments for what it keeps; then a start with the same state. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStream, type ServerEvent } from "../../cli/lisbon-test/event-stream.ts";
import { type LocalQstash, startLocalQstash } from "../../dev/qstash/server.ts";
import { DEFAULT_TENANT } from "../../src/domain/tenant.ts";
import { jobIdOfKey } from "../../src/jobs/job-ids.ts";
import { LEASE_MS } from "../../src/jobs/job-machine.ts";
import { answerOf, Job, QSTASH_KEYS, QUESTION_WORD, SIGNING_SECRET, verifiedCallback } from "../support/fault-stage.ts";
import { type NoticeReceiver, startNoticeReceiver } from "../support/notice-receiver.ts";
import { stillAlive, treeOf } from "../support/process-tree.ts";
import { freePort } from "../support/start-process.ts";
import { type Product, startProduct } from "../support/started-product.ts";
import { ANSWER_WORD, startTellingProvider, tellingAnswer, type TellingProvider } from "../support/telling-provider.ts";

const PROVIDER_KEY = "sk-cold-faults";
const QSTASH_TOKEN = "cold-faults-qstash-token";

let provider: TellingProvider;
let qstash: LocalQstash;
/** A QStash that takes the connection and never answers. */
let silentQstash: NoticeReceiver;
let called: NoticeReceiver;
let told: NoticeReceiver;
let spend: NoticeReceiver;
let port = 0;
let product: Product;
let output = "";

beforeAll(async () => {
  provider = await startTellingProvider();
  qstash = await startLocalQstash({ token: QSTASH_TOKEN, ...QSTASH_KEYS });
  silentQstash = await startNoticeReceiver();
  silentQstash.behave("hangs");
  called = await startNoticeReceiver();
  told = await startNoticeReceiver();
  spend = await startNoticeReceiver();
  spend.behave({ status: 200, body: JSON.stringify([{ provider: "one", percentUsed: 85 }]) });
  port = await freePort();
  await start({ QSTASH_URL: silentQstash.url });
});

afterAll(async () => {
  await product.stop();
  rmSync(`.wrangler/lisbon/port-${port}`, { recursive: true, force: true });
  await Promise.all([provider, qstash, silentQstash, called, told, spend].map((each) => each.close()));
});

async function start(variables: Readonly<Record<string, string>>): Promise<void> {
  product = await startProduct({
    routes: "test/fixtures/routes.faults.json",
    port,
    keepState: true,
    variables: {
      ONE_URL: provider.url,
      ONE_KEY: PROVIDER_KEY,
      NOTICE_WEBHOOK_URL: told.url,
      SPEND_URL: spend.url,
      LISBON_SIGNING_SECRET: SIGNING_SECRET,
      QSTASH_TOKEN,
      QSTASH_CURRENT_SIGNING_KEY: QSTASH_KEYS.currentSigningKey,
      QSTASH_NEXT_SIGNING_KEY: QSTASH_KEYS.nextSigningKey,
      ...variables,
    },
  });
}

async function ask(question: string, more: object = {}, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${product.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${product.key}`, ...headers },
    body: bodyOf(question, more),
  });
}

function bodyOf(question: string, more: object): string {
  return JSON.stringify({ model: "auto", messages: [{ role: "user", content: question }], ...more });
}

/** A streamed call with a key, as it comes; what was lost is thrown. */
async function stream(question: string, key: string, after: string | null, seen: ServerEvent[]): Promise<string> {
  const { events, headers } = await openStream({
    url: `${product.url}/v1/chat/completions`,
    method: "POST",
    headers: {
      authorization: `Bearer ${product.key}`,
      "idempotency-key": key,
      ...(after !== null && { "last-event-id": after }),
    },
    body: bodyOf(question, { stream: true }),
    signal: AbortSignal.timeout(30_000),
  });
  for await (const event of events) seen.push(event);
  return headers["x-lisbon-job"]?.toString() ?? "";
}

function textIn(events: readonly ServerEvent[]): string {
  return events
    .filter(({ data }) => data !== "[DONE]")
    .map(({ data }): OpenAI.ChatCompletionChunk => JSON.parse(data))
    .map(({ choices }) => choices[0]?.delta.content ?? "")
    .join("");
}

async function job(jobId: string): Promise<Job> {
  const response = await fetch(`${product.url}/v1/jobs/${jobId}`, {
    headers: { authorization: `Bearer ${product.key}` },
  });
  return Job.parse(await response.json());
}

/** workerd first: nothing above it can ask it to end in order. */
async function killOutright(): Promise<void> {
  const tree = treeOf(product.pid);
  for (const pid of tree.toReversed()) killIfThere(pid);
  expect(await stillAlive(tree, 10_000)).toEqual([]);
  output += product.output();
  await product.stop();
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended with what was above or below it.
  }
}

const STORED = `${QUESTION_WORD}, stored and not yet published.`;
const CALLED_BACK = `${QUESTION_WORD}, answered and not yet called back.`;
const STREAMED = `${QUESTION_WORD}, in the middle of its stream.`;
const LEFT = `${QUESTION_WORD}, in the middle of its stream, and nobody comes back.`;

describe("kill -9", () => {
  it("breaks every connection, and none of them ends as if it were whole", async () => {
    called.behave("hangs");
    const answered = await ask(CALLED_BACK, { callback_url: called.url }, { "idempotency-key": "called-back" });
    expect(await answered.text()).toContain(tellingAnswer(1));
    await expect.poll(() => called.received.length, { timeout: 10_000 }).toBe(1);

    provider.hold(3);
    const streams = [STREAMED, LEFT].map((question): Streaming => {
      const events: ServerEvent[] = [];
      return { events, end: endOf(stream(question, question, null, events)) };
    });
    await expect.poll(() => streams.map(({ events }) => textIn(events))).toEqual([BEGUN, BEGUN]);
    // What was said so far is stored twice a second.
    await expect.poll(() => [STREAMED, LEFT].map(isStored)).toEqual([true, true]);

    provider.setIll(true);
    const parked = endOf(ask(STORED));
    await expect.poll(() => silentQstash.received.length, { interval: 10 }).toBe(1);
    await killOutright();

    expect(await Promise.all([...streams.map(({ end }) => end), parked])).toEqual(["broken", "broken", "broken"]);
    provider.release();
    provider.setIll(false);
    called.behave("takes_it");
    await start({ QSTASH_URL: qstash.url });
  });

  it("between answer and callback: after the restart, and without any request, it comes, signed, as the same message", async () => {
    await expect.poll(() => called.received.length, { timeout: 15_000 }).toBe(2);

    const [first, second] = called.received.map(verifiedCallback);
    expect(second?.id).toBe(first?.id);
    expect(second).toMatchObject({ type: "job.answered", job: { status: "answered" } });
    expect(second && answerOf(second.job)).toBe(tellingAnswer(1));
    expect(provider.bills(CALLED_BACK)).toBe(1);
  });

  it("in mid-run of a stream with a key: the next run goes on with what was stored, and nothing comes twice", async () => {
    const events: ServerEvent[] = [];
    const jobId = await stream(STREAMED, STREAMED, null, events);
    const runs = [...new Set(events.map(({ id }) => id?.split(".")[0]))];
    expect(runs).toEqual(["1", "2"]);
    expect(events.map(({ id }) => Number(id?.split(".")[1]))).toEqual(events.map((_event, place) => place + 1));
    expect(textIn(events)).toBe(tellingAnswer(1));
    expect(events.at(-1)?.data).toBe("[DONE]");
    expect(answerOf(await job(jobId))).toBe(tellingAnswer(1));

    // Who had read some of the lost run's text gets the rest of it, also now that it is an answer.
    const resumed: ServerEvent[] = [];
    await stream(STREAMED, STREAMED, "1.2", resumed);
    expect(resumed).toEqual(events.slice(2));
    // An id that no stored text has: it may have been given out by the lost run, and is not in the answer.
    const refused = await ask(STREAMED, { stream: true }, { "idempotency-key": STREAMED, "last-event-id": "1.99" });
    expect(refused.status).toBe(412);
    expect(await refused.json()).toMatchObject({ error: { code: "answer_restarted" } });
    expect(provider.bills(STREAMED)).toBe(2);
  });

  it("between store and publish: a minute later the job's alarm publishes it, and it is answered once", async () => {
    expect(provider.bills(STORED)).toBe(0);
    await killOutright();
    await start({ QSTASH_URL: qstash.url, CHAOS: "on", LISBON_CLOCK_AHEAD_MS: String(LEASE_MS + 10_000) });

    // As the SDK retries: its caller knows no job's id, for the connection broke before.
    const again = await ask(STORED, {}, { "x-stainless-retry-count": "1" });
    expect(again.status).toBe(202);
    const jobId = again.headers.get("x-lisbon-job") ?? "";
    await again.text();

    await expect.poll(async () => (await job(jobId)).status, { timeout: 15_000 }).toBe("answered");
    expect(answerOf(await job(jobId))).toBe(tellingAnswer(1));
    expect(provider.bills(STORED)).toBe(1);
    const delivered = qstash.deliveries.filter(({ body }) => body.includes(jobId));
    expect(delivered.map(({ body, status }) => [JSON.parse(body).dispatch, status])).toEqual([[2, 200]]);
  });

  it("in mid-run, with nobody who comes back: the job runs again when its lease is over", async () => {
    const jobId = await jobIdOfKey(DEFAULT_TENANT, LEFT);

    await expect.poll(async () => (await job(jobId)).status, { timeout: 15_000 }).toBe("answered");
    const after = await job(jobId);
    expect(answerOf(after)).toBe(tellingAnswer(1));
    expect(after.history.map(({ reason }) => reason)).toContain("its run was lost: the object was evicted or killed");
    expect(provider.bills(LEFT)).toBe(2);
  });
});

interface Streaming {
  readonly events: readonly ServerEvent[];
  readonly end: Promise<string>;
}

/** What each stream has said when it is held. */
const BEGUN = tellingAnswer(1).split(" ").slice(0, 4).join(" ");

/** The last word before the stream was held stands in the files of the question's job: SQLite keeps text as it is. */
function isStored(question: string): boolean {
  const folder = `.wrangler/lisbon/port-${port}`;
  const files = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const [, database] = /^(.*\.sqlite)(?:-wal)?$/.exec(name) ?? [];
    if (database === undefined) continue;
    files.set(database, (files.get(database) ?? "") + readFileSync(join(folder, name), "latin1"));
  }
  const last = BEGUN.split(" ").at(-1) ?? "";
  return [...files.values()].some((text) => text.includes(question) && text.includes(last));
}

function endOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "a clean end",
    () => "broken",
  );
}

describe("the daily cron with a budget at 85 per cent", () => {
  it("pauses everything, and says why", async () => {
    expect((await fetch(`${product.url}/cdn-cgi/local/scheduled`)).status).toBe(200);

    await expect
      .poll(async () => (await ask(`${QUESTION_WORD}, ${crypto.randomUUID()}`)).status, { timeout: 5_000 })
      .toBe(202);
    const asked = provider.asked();
    expect((await ask(`${QUESTION_WORD}, paused.`)).status).toBe(202);
    expect(provider.asked()).toBe(asked);

    const list = await fetch(`${product.url}/admin/pause`, {
      headers: { authorization: `Bearer ${product.adminKey}` },
    });
    expect(await list.json()).toMatchObject({ paused: ["all"], pauses: [{ by: "alert", percent: 85 }] });
    await expect
      .poll(() => told.received.find(({ body }) => body.includes('"notice.paused"'))?.body, { timeout: 5_000 })
      .toMatch(/one has used 85 percent/);
  });
});

describe("the log and the notices of all this", () => {
  it("hold no question, no answer, no key", () => {
    const logged = `${output}${product.output()}`.split("\n");
    const lines = [...logged, ...told.received.map(({ body }) => body)];
    // The screen shows the development key, to be pasted; the log does not.
    const inLog = logged.filter((line) => line.startsWith("{"));
    expect(inLog.length).toBeGreaterThan(5);
    expect(told.received.length).toBeGreaterThan(0);
    const secrets = [QUESTION_WORD, ANSWER_WORD, PROVIDER_KEY, QSTASH_TOKEN, SIGNING_SECRET, product.adminKey];
    const keys = [...Object.values(QSTASH_KEYS), ...secrets];
    expect(keys.flatMap((secret) => lines.filter((line) => line.includes(secret)))).toEqual([]);
    expect(inLog.filter((line) => line.includes(product.key))).toEqual([]);
  });
});
