/** (0) The café's Wi-Fi: 400 ms there and back, and the connection is cut in mid-answer. Nothing is lost, nothing is paid twice. */
import { fail, ok, type Result } from "../../../src/lib/result.ts";
import type { Checks } from "../checks.ts";
import type { EventStream, ServerEvent } from "../event-stream.ts";
import { ANSWER_MS, RESUMED_MS } from "../limits.ts";
import { wordsIn } from "../lisbon-client.ts";
import type { Stage } from "../stage.ts";

/** At 50 words a second: long enough to be cut in the middle. */
const COUNT_TO = 150;
const WORDS_BEFORE_CUT = 20;

export async function cutConnection(checks: Checks, stage: Stage): Promise<void> {
  await cutAndComeBack(checks, stage, "POST again with Idempotency-Key and Last-Event-ID");
  await cutAndComeBack(checks, stage, "GET /v1/jobs/:id/events with Last-Event-ID");
}

type Way = "POST again with Idempotency-Key and Last-Event-ID" | "GET /v1/jobs/:id/events with Last-Event-ID";

interface Begun {
  readonly said: string;
  readonly lastId: string;
  readonly jobId: string;
}

async function cutAndComeBack(checks: Checks, stage: Stage, way: Way): Promise<void> {
  const { lisbon, farAway, bills } = stage;
  const key = crypto.randomUUID();
  const text = `Lisbon test ${key}: count to ${COUNT_TO}`;
  const asking = { text, headers: { "idempotency-key": key } };

  const begun = await checks.check({
    what: "a client 400 ms away is cut off in mid-answer (RST)",
    limitMs: ANSWER_MS,
    run: async (signal) => {
      const stream = await lisbon.stream(asking, signal, farAway);
      const jobId = stream.headers["x-lisbon-job"]?.toString();
      if (stream.status !== 200 || jobId === undefined) return fail(`status ${stream.status}, job ${jobId}`);
      const cut = await readUntilCut(stream, () => farAway.cut());
      return cut.ok ? ok({ found: { ...cut.value, jobId }, saw: `after ${countWords(cut.value.said)} words` }) : cut;
    },
  });
  if (begun === null) return;

  const rest = await checks.check({
    what: `the rest comes: ${way}`,
    limitMs: RESUMED_MS,
    withinMs: ANSWER_MS,
    run: async (signal) => {
      const began = performance.now();
      const stream = way.startsWith("POST")
        ? await lisbon.stream(
            { ...asking, headers: { ...asking.headers, "last-event-id": begun.lastId } },
            signal,
            farAway,
          )
        : await lisbon.jobEvents(begun.jobId, begun.lastId, signal, farAway);
      if (stream.status !== 200) return fail(`status ${stream.status}`);
      const read = await readToEnd(stream, began);
      if (read.said === "") return fail("the stream had no words");
      return ok({ found: read.said, ms: read.firstMs, saw: `${countWords(read.said)} words more` });
    },
  });
  if (rest === null) return;

  await checks.check({
    what: "both parts are the whole answer, as whoever asks again from the beginning gets it",
    limitMs: ANSWER_MS,
    run: async (signal) => {
      const together = begun.said + rest;
      const whole = await readToEnd(await lisbon.stream(asking, signal), performance.now());
      if (whole.said !== together) return fail(difference(whole.said, together));
      const expected = Array.from({ length: COUNT_TO }, (_, at) => at + 1).join(" ");
      if (bills !== null && together !== expected) return fail(difference(expected, together));
      return ok({ found: null, saw: `${countWords(together)} words` });
    },
  });
  if (bills === null) {
    checks.notRun("one bill at the provider", "the deployment's providers do not show their bills");
    return;
  }
  await checks.check({
    what: "one bill at the provider",
    limitMs: ANSWER_MS,
    run: async (signal) => {
      // Settled, so that no further run can come.
      const { status } = await lisbon.job(begun.jobId, signal);
      const count = bills.count(key);
      return count === 1 && status === "answered" ? ok({ found: null }) : fail(`${count} bills; its job is ${status}`);
    },
  });
}

async function readUntilCut(stream: EventStream, cut: () => void): Promise<Result<Omit<Begun, "jobId">, string>> {
  let said = "";
  let lastId: string | null = null;
  try {
    for await (const event of stream.events) {
      said += wordsOf(event);
      lastId = event.id ?? lastId;
      if (countWords(said) >= WORDS_BEFORE_CUT) cut();
    }
  } catch {
    // That is the cut; what came until then is there.
    return lastId === null ? fail("the events have no id") : ok({ said, lastId });
  }
  return fail("the answer was over before it could be cut");
}

async function readToEnd(stream: EventStream, began: number): Promise<{ said: string; firstMs: number }> {
  let said = "";
  let firstMs = 0;
  for await (const event of stream.events) {
    const words = wordsOf(event);
    if (said === "" && words !== "") firstMs = performance.now() - began;
    said += words;
    if (isLast(event)) break;
  }
  return { said, firstMs };
}

/** Both kinds of stream carry OpenAI's chunks. */
function wordsOf(event: ServerEvent): string {
  return wordsIn(event.data);
}

/** `docs/jobs.md`: after a job's chunks come its history's last line and the whole answer. */
function isLast({ name, data }: ServerEvent): boolean {
  return data === "[DONE]" || name === "answer";
}

function countWords(text: string): number {
  return text.split(" ").filter((word) => word !== "").length;
}

function difference(expected: string, found: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === found[at]) at++;
  return `they differ at character ${at}: expected ${around(expected, at)}, found ${around(found, at)}`;
}

function around(text: string, at: number): string {
  return JSON.stringify(text.slice(Math.max(0, at - 10), at + 10));
}
