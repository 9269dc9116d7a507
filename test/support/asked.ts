/** One call through the official SDK, and everything that its caller can see of it. */
import { APIError, type OpenAI } from "openai";

export interface Asked {
  readonly text: string;
  readonly finish: string | null;
  /** The answer's `model`. */
  readonly model: string | null;
  readonly usage: OpenAI.CompletionUsage | null;
  /** What the SDK threw; null: the answer was whole. */
  readonly error: APIError | null;
  /** The SDK met an event that is no JSON, which it throws as no APIError. */
  readonly syntaxError: boolean;
  readonly route: string | null;
  readonly tier: string | null;
  readonly attempts: number;
  /** As `first=overloaded 503`, without the milliseconds. */
  readonly trail: readonly string[];
  readonly headers: Headers;
}

export const WAYS = [
  ["streamed", true],
  ["whole", false],
] as const;

type Body = Partial<Omit<OpenAI.ChatCompletionCreateParams, "stream" | "model">>;

/** Asks for one word unless the body says otherwise. */
export async function ask(client: OpenAI, model: string, stream: boolean, body: Body = {}): Promise<Asked> {
  const messages = body.messages ?? [{ role: "user" as const, content: "say: hello" }];
  try {
    return stream
      ? await askStreamed(client, { ...body, model, messages, stream })
      : await askWhole(client, { ...body, model, messages, stream });
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    return { ...nothing, error, ...seenIn(error.headers ?? new Headers()) };
  }
}

const nothing = { text: "", finish: null, model: null, usage: null, error: null, syntaxError: false };

async function askWhole(client: OpenAI, body: OpenAI.ChatCompletionCreateParamsNonStreaming): Promise<Asked> {
  const { data, response } = await client.chat.completions.create(body).withResponse();
  const [choice] = data.choices;
  return {
    text: choice?.message.content ?? "",
    finish: choice?.finish_reason ?? null,
    model: data.model,
    usage: data.usage ?? null,
    error: null,
    syntaxError: false,
    ...seenIn(response.headers),
  };
}

async function askStreamed(client: OpenAI, body: OpenAI.ChatCompletionCreateParamsStreaming): Promise<Asked> {
  const { data, response } = await client.chat.completions
    .create({ ...body, stream_options: { include_usage: true } })
    .withResponse();
  const said = { ...nothing, ...seenIn(response.headers) };
  let [text, finish, model, usage]: [string, string | null, string | null, Asked["usage"]] = ["", null, null, null];
  try {
    for await (const chunk of data) {
      const [choice] = chunk.choices;
      text += choice?.delta.content ?? "";
      finish = choice?.finish_reason ?? finish;
      model = chunk.model ?? model; // an event that was cut short may lack it
      usage = chunk.usage ?? usage;
    }
  } catch (error) {
    if (error instanceof SyntaxError) return { ...said, text, finish, model, usage, syntaxError: true };
    if (!(error instanceof APIError)) throw error;
    return { ...said, text, finish, model, usage, error };
  }
  return { ...said, text, finish, model, usage };
}

function seenIn(headers: Headers): Pick<Asked, "route" | "tier" | "attempts" | "trail" | "headers"> {
  return {
    headers,
    route: headers.get("x-lisbon-route"),
    tier: headers.get("x-lisbon-tier"),
    attempts: Number(headers.get("x-lisbon-attempts") ?? Number.NaN),
    trail: trailIn(headers),
  };
}

function trailIn(headers: Headers): readonly string[] {
  const told = headers.get("x-lisbon-trail") ?? "";
  return told === "" ? [] : told.split(", ").map((attempt) => attempt.replace(/;ms=\d+$/, "").replace(/;\w+=/, " "));
}
