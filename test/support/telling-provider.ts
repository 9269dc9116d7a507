/**
 * A provider that tells how often each question was answered: every answer
 * names its own number, so that a text made of two runs shows.
 */
import * as z from "zod";
import { beginStream, chunk, DONE, startScriptedProvider } from "./scripted-provider.ts";

export interface TellingProvider {
  readonly url: string;
  /** Ill: 503, to be asked again after a second. */
  setIll(ill: boolean): void;
  /** Every stream stops after so many words, every other answer before its first one, until `release`. */
  hold(words: number): void;
  release(): void;
  /** Callers' questions that hold this text: answered ones, begun ones included. Each is a bill. */
  bills(text: string): number;
  /** How often it was asked at all, probes aside. */
  asked(): number;
  /** Resolves when the next caller leaves before its answer is whole. */
  nextHangUp(): Promise<unknown>;
  close(): Promise<void>;
}

/** In every answer, and nowhere else: what must be in no log line. */
export const ANSWER_WORD = "azulejo";

/** What the `time`th answer to a question says. */
export function tellingAnswer(time: number): string {
  return wordsOf(time).join("");
}

export async function startTellingProvider(): Promise<TellingProvider> {
  const answered: string[] = [];
  let ill = false;
  let asked = 0;
  let held: { readonly words: number; readonly over: PromiseWithResolvers<void> } | null = null;

  const provider = await startScriptedProvider();
  provider.play(async (response, _request, body) => {
    const { stream, max_tokens: most, messages } = Body.parse(JSON.parse(body));
    const isProbe = most === 1;
    if (!isProbe) asked += 1;
    if (ill) {
      response.writeHead(503, { "content-type": "application/json", "retry-after": "1" });
      response.end(JSON.stringify({ error: { message: "overloaded", type: "server_error" } }));
      return;
    }
    const begun = messages.at(-2)?.role === "assistant" ? (messages.at(-2)?.content ?? null) : null;
    const question = (begun === null ? messages.at(-1) : messages.at(-3))?.content ?? "";
    const words = begun === null ? wordsOf(answered.filter((before) => before === question).length + 1) : restOf(begun);
    if (!isProbe) answered.push(question);
    const hold = isProbe ? null : held;
    if (!stream) {
      await hold?.over.promise;
      response.writeHead(200, { "content-type": "application/json" }).end(completion(words.join("")));
      return;
    }
    beginStream(response);
    for (const [place, word] of words.entries()) {
      if (place === hold?.words) await hold.over.promise;
      response.write(chunk(word));
    }
    response.end(chunk("", "stop") + DONE);
  });

  return {
    url: provider.url,
    setIll(now) {
      ill = now;
    },
    hold(words) {
      held = { words, over: Promise.withResolvers() };
    },
    release() {
      held?.over.resolve();
      held = null;
    },
    bills: (text) => answered.filter((question) => question.includes(text)).length,
    asked: () => asked,
    nextHangUp: () => provider.nextHangUp(),
    async close() {
      held?.over.resolve();
      await provider.close();
    },
  };
}

const Body = z.object({
  stream: z.boolean().default(false),
  max_tokens: z.number().optional(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
});

function wordsOf(time: number): readonly string[] {
  return [`${ANSWER_WORD} ${time}:`, ..." one two three four five six seven eight".split(/(?= )/)];
}

/** As a model does that is asked to go on: its last words again, then the rest of that very answer. */
function restOf(begun: string): readonly string[] {
  const whole = tellingAnswer(Number(/ (\d+):/.exec(begun)?.[1]));
  return [begun.slice(-40), ...whole.slice(begun.length).split(/(?= )/)];
}

function completion(content: string): string {
  return JSON.stringify({
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "model-1",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 },
  });
}
