/**
 * A half-sent event, completed, and an error event behind it: what the
 * official clients make of that, wherever in a recorded answer the cut is.
 */
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBytesServer, type BytesServer } from "../support/bytes-server.ts";
import { cutAnswers, type CutAnswer } from "../support/cut-answers.ts";
import { judgesHere, type Judge, type Seen, type Way } from "../support/judges.ts";

/** The way in which most apps read the dialect. */
const WAYS: Readonly<Record<CutAnswer["dialect"], Way>> = { openai: "stream", anthropic: "accumulate" };

let server: BytesServer;

beforeAll(async () => {
  server = await startBytesServer();
});

afterAll(() => server.close());

/** Node's clients read every cut in `test/unit/stream/complete-for-clients.test.ts` too, without a process of their own. */
const judges = await judgesHere();
const python = judges.filter(({ language }) => language !== "Node");

describe.each(python.length > 0 ? python : judges)("a caller with $language's official clients", ({ start }) => {
  let judge: Judge;

  beforeAll(() => {
    judge = start();
  });

  afterAll(() => judge.stop());

  it.each(cutAnswers)("holds a typed error and no false word at every cut of: $name", async (answer) => {
    const way = WAYS[answer.dialect];
    const whole = await see(judge, way, answer, answer.bytes.length);
    if (whole.error === null) expect(whole.text).toBe(answer.text);

    const cuts = Array.from({ length: answer.bytes.length }, (_, at) => at);
    const seen = await Promise.all(cuts.map((at) => see(judge, way, answer, at)));

    expect(seen.map((each, at) => wrongIn(each, answer, whole, at)).filter((wrong) => wrong !== null)).toEqual([]);
  });
});

function see(judge: Judge, way: Way, answer: CutAnswer, at: number): Promise<Seen> {
  const model = `${answer.name}:${at}`;
  server.answers.set(model, answer.cutAt(at));
  const body = { model, messages: [{ role: "user", content: "Say something." }], max_tokens: 100 };
  return judge.see({ dialect: answer.dialect, way, baseUrl: server.url, apiKey: "none", body });
}

/** What this caller was told wrongly; null: nothing. */
function wrongIn(seen: Seen, answer: CutAnswer, whole: Seen, at: number): unknown {
  const { aborted } = answer.cutAt(at);
  const wrong = (why: string): unknown => ({ at, why, seen });
  if (seen.error === null) return isDeepStrictEqual(seen, whole) ? null : wrong("the cut answer passes for whole");
  // What the client refuses even whole, because of its reason or its form, is refused as it likes.
  if (whole.error !== null) return null;
  if (!aborted && seen.error.code !== "stream_cut") return wrong("the error is not the typed one");
  if (!isBeginningOf(answer.text, seen.text)) return wrong("there are words that nobody said");
  // Half a tool call may be read while it comes, but none is announced as done that is not in the answer.
  if (seen.done.some((done) => !whole.done.includes(done))) return wrong("half of something is announced as done");
  return null;
}

/** Its last character may be the one that the cut went through. */
function isBeginningOf(text: string, said: string): boolean {
  return text.startsWith(said) || text.startsWith(said.replace(/.$/su, ""));
}
