/** Node's official clients. */
import Anthropic, { APIConnectionError as NoAnthropic, APIError as AnthropicError } from "@anthropic-ai/sdk";
import OpenAI, { APIConnectionError as NoOpenAI, APIError as OpenAIError } from "openai";
import type { ChatCompletionStreamParams } from "openai/lib/ChatCompletionStream";
import * as z from "zod";
import type { Case, Dialect, Judge, Seen, SeenCall, SeenError, Way } from "./judges.ts";

const AT_ONCE = 16;

type Draft = { -readonly [Field in keyof Seen]: Seen[Field] };

export function nodeJudge(): Judge {
  const openai = keptBy((one) => new OpenAI({ ...settings(one), baseURL: `${one.baseUrl}/v1` }));
  const anthropic = keptBy((one) => new Anthropic({ ...settings(one), baseURL: one.baseUrl }));
  const asks = {
    openai: (one: Case, seen: Draft) => askOpenai[one.way](openai(one), one, seen),
    anthropic: (one: Case, seen: Draft) => askAnthropic[one.way](anthropic(one), one, seen),
  } satisfies Record<Dialect, unknown>;
  const fewAtOnce = limit(AT_ONCE);
  return {
    see: (one) =>
      fewAtOnce(async () => {
        const seen: Draft = { text: "", finish: null, model: null, calls: [], done: [], error: null, headers: {} };
        await asks[one.dialect](one, seen).catch((error: unknown) => {
          seen.error = errorSeen(error);
        });
        return seen;
      }),
    stop: async () => undefined,
  };
}

const settings = ({ apiKey }: Case) => ({ apiKey, maxRetries: 0, timeout: 30_000, logLevel: "off" as const });

/** One client per address and key. */
function keptBy<Client>(make: (one: Case) => Client): (one: Case) => Client {
  const kept = new Map<string, Client>();
  return (one) => {
    const name = `${one.baseUrl} ${one.apiKey}`;
    const client = kept.get(name) ?? make(one);
    kept.set(name, client);
    return client;
  };
}

function limit(most: number): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

const askOpenai: Readonly<Record<Way, (client: OpenAI, one: Case, seen: Draft) => Promise<void>>> = {
  async stream(client, { body }, seen) {
    const params: OpenAI.ChatCompletionCreateParamsStreaming = { ...openaiBody(body), stream: true };
    const { data, response } = await client.chat.completions.create(params).withResponse();
    seen.headers = lisbonHeaders(response.headers);
    const calls: { name: string; arguments: string }[] = [];
    seen.calls = calls;
    for await (const chunk of data) {
      seen.model ??= chunk.model;
      // As callers write it: without asking whether the members are there.
      for (const choice of chunk.choices) {
        seen.text += choice.delta.content ?? "";
        seen.finish = choice.finish_reason ?? seen.finish;
        for (const { index, function: piece } of choice.delta.tool_calls ?? []) {
          const call = (calls[index] ??= { name: "", arguments: "" });
          call.name += piece?.name ?? "";
          call.arguments += piece?.arguments ?? "";
        }
      }
    }
  },
  async accumulate(client, { body }, seen) {
    const done: string[] = [];
    seen.done = done;
    const stream = client.chat.completions.stream(streamedBody(body));
    stream.on("content", (delta) => (seen.text += delta));
    stream.on("content.done", ({ content }) => done.push(content));
    stream.on("tool_calls.function.arguments.done", (call) => done.push(`${call.name}(${call.arguments})`));
    openaiCompletion(await stream.finalChatCompletion(), seen);
  },
  async whole(client, { body }, seen) {
    const { data, response } = await client.chat.completions.create(openaiBody(body)).withResponse();
    seen.headers = lisbonHeaders(response.headers);
    openaiCompletion(data, seen);
  },
};

function openaiCompletion({ model, choices: [choice] }: OpenAI.ChatCompletion, seen: Draft): void {
  seen.text = choice?.message.content ?? "";
  seen.finish = choice?.finish_reason ?? null;
  seen.model = model;
  seen.calls = (choice?.message.tool_calls ?? []).flatMap((call): SeenCall[] =>
    call.type === "function" ? [{ name: call.function.name, arguments: call.function.arguments }] : [],
  );
}

const askAnthropic: Readonly<Record<Way, (client: Anthropic, one: Case, seen: Draft) => Promise<void>>> = {
  async stream(client, { body }, seen) {
    const params: Anthropic.MessageCreateParamsStreaming = { ...anthropicBody(body), stream: true };
    const { data, response } = await client.messages.create(params).withResponse();
    seen.headers = lisbonHeaders(response.headers);
    const calls = new Map<number, { name: string; arguments: string }>();
    for await (const event of data) {
      if (event.type === "message_start") seen.model = event.message.model;
      if (event.type === "content_block_start" && event.content_block.type === "text") {
        seen.text += event.content_block.text;
      }
      if (event.type === "content_block_start" && event.content_block.type === "tool_use") {
        calls.set(event.index, { name: event.content_block.name, arguments: "" });
      }
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") seen.text += event.delta.text;
      if (event.type === "content_block_delta" && event.delta.type === "input_json_delta") {
        const call = calls.get(event.index);
        if (call !== undefined) call.arguments += event.delta.partial_json;
      }
      if (event.type === "message_delta") seen.finish = event.delta.stop_reason ?? seen.finish;
      seen.calls = [...calls.values()];
    }
  },
  async accumulate(client, { body }, seen) {
    const done: string[] = [];
    seen.done = done;
    const stream = client.messages.stream(anthropicBody(body));
    stream.on("text", (delta) => (seen.text += delta));
    stream.on("contentBlock", (block) => {
      if (block.type === "text") done.push(block.text);
      if (block.type === "tool_use") done.push(`${block.name}(${JSON.stringify(block.input)})`);
    });
    anthropicMessage(await stream.finalMessage(), seen);
  },
  async whole(client, { body }, seen) {
    const { data, response } = await client.messages.create(anthropicBody(body)).withResponse();
    seen.headers = lisbonHeaders(response.headers);
    anthropicMessage(data, seen);
  },
};

function anthropicMessage({ content, stop_reason, model }: Anthropic.Message, seen: Draft): void {
  seen.text = content.map((block) => (block.type === "text" ? block.text : "")).join("");
  seen.finish = stop_reason;
  seen.model = model;
  seen.calls = content.flatMap((block): SeenCall[] =>
    block.type === "tool_use" ? [{ name: block.name, arguments: JSON.stringify(block.input) }] : [],
  );
}

// A test's own body: what is wrong in it the server refuses, which is for the test to see.
const openaiBody = (body: Case["body"]) => z.custom<OpenAI.ChatCompletionCreateParamsNonStreaming>().parse(body);
const streamedBody = (body: Case["body"]) => z.custom<ChatCompletionStreamParams>().parse(body);
const anthropicBody = (body: Case["body"]) => z.custom<Anthropic.MessageCreateParamsNonStreaming>().parse(body);

function lisbonHeaders(headers: Headers): Seen["headers"] {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith("x-lisbon-")));
}

const ErrorInside = z.object({ type: z.string().nullish(), code: z.string().nullish() });

function errorSeen(error: unknown): SeenError {
  const told = error instanceof OpenAIError || error instanceof AnthropicError ? error : null;
  const body = told?.error;
  // OpenAI's client gives what stands in `error`, Anthropic's the whole body.
  const inside = ErrorInside.safeParse(z.object({ error: z.unknown() }).safeParse(body).data?.error ?? body).data;
  return {
    name: error instanceof Error ? error.constructor.name : typeof error,
    typed: told !== null && !(error instanceof NoOpenAI) && !(error instanceof NoAnthropic),
    status: told?.status ?? null,
    type: inside?.type ?? null,
    code: inside?.code ?? null,
    message: error instanceof Error ? error.message : String(error),
  };
}
