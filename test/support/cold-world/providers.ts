/** Every provider of a world behind one `fetch`: away, or answering after some time; each call is written down. */
import * as z from "zod";
import { type Clock, wait } from "../../../src/lib/clock.ts";
import type { Fetch } from "../../../src/lib/fetch.ts";

/** As `probe-route.ts` asks. */
const PROBE = "ping";

export class WorldProviders {
  away = false;
  /** Answered at most so many calls a second, the others 429. */
  mostPerSecond = Infinity;
  probes = 0;
  /** Calls of callers and jobs that nobody took. */
  refused = 0;
  /** 429. */
  turnedDown = 0;
  /** By prompt: so often it was answered, and billed. */
  readonly answered = new Map<string, number>();
  firstAnswerMs: number | null = null;
  mostAtOnce = 0;
  #atOnce = 0;
  readonly #perSecond = new Map<number, number>();
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  get busiestSecond(): number {
    return Math.max(0, ...this.#perSecond.values());
  }

  readonly fetch: Fetch = async (_url, init) => {
    const prompt = promptOf(init.body);
    if (prompt === PROBE) this.probes++;
    if (this.away) {
      if (prompt !== PROBE) this.refused++;
      // What workerd throws for a refused connection.
      throw new Error("Network connection lost.");
    }
    return prompt === PROBE ? completion("p") : await this.#answer(prompt);
  };

  async #answer(prompt: string): Promise<Response> {
    const second = Math.floor(this.#clock.now() / 1_000);
    const taken = this.#perSecond.get(second) ?? 0;
    if (taken >= this.mostPerSecond) {
      this.turnedDown++;
      return Response.json({ error: { message: "slow down", code: "rate_limit_exceeded" } }, { status: 429 });
    }
    this.#perSecond.set(second, taken + 1);
    this.firstAnswerMs ??= this.#clock.now();
    this.#atOnce++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    await wait(this.#clock, 300 + Math.floor(this.#random() * 1_700));
    this.#atOnce--;
    this.answered.set(prompt, (this.answered.get(prompt) ?? 0) + 1);
    return completion(answerTo(prompt));
  }
}

export function answerTo(prompt: string): string {
  return `the answer to ${prompt}`;
}

const Sent = z.object({ messages: z.array(z.object({ content: z.string() })) });

function promptOf(body: unknown): string {
  return Sent.parse(JSON.parse(typeof body === "string" ? body : "")).messages.at(-1)?.content ?? "";
}

function completion(content: string): Response {
  const message = { role: "assistant", content, refusal: null };
  return Response.json({
    id: "x",
    object: "chat.completion",
    created: 1,
    model: "their-model",
    choices: [{ index: 0, message, finish_reason: "stop", logprobs: null }],
    usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
  });
}
