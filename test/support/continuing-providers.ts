/** Providers that break off after their first words, and some that go on. */
import type { ServerResponse } from "node:http";
import * as z from "zod";
import { beginStream, chunk, DONE, pause } from "./scripted-provider.ts";

/** What a provider of the map was asked, and what it does. */
export interface Turn {
  readonly response: ServerResponse;
  readonly body: Asked;
}
export type Plays = (turn: Turn) => void | Promise<void>;

export const Asked = z.looseObject({ messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })) });
export type Asked = z.infer<typeof Asked>;

export const BEGINNING = "The lighthouse keeper counted the ships that passed before dawn, ";
export const REST = "and every one of them answered his lamp with a short, grateful flash.";

export function breaks(how: string): Plays {
  return async ({ response }) => {
    beginStream(response);
    response.write(`data: ${JSON.stringify({ ...HEAD, choices: [{ index: 0, delta: { role: "assistant" } }] })}\n\n`);
    if (how === "is cut within an event") {
      const rest = chunk(BEGINNING.slice(30));
      response.write(chunk(BEGINNING.slice(0, 30)) + rest.slice(0, rest.indexOf("dawn")));
    } else response.write(chunk(BEGINNING));
    await pause(20);
    if (how === "ends without its terminal event") response.end();
    else if (how !== "stalls") response.destroy();
  };
}

export const isAway: Plays = ({ response }) => void response.writeHead(503).end();

/** As it was asked to: first the last words again, then the rest. */
export const goesOn: Plays = ({ response, body }) =>
  answer(response, quoted(body) + (BEGINNING + REST).slice(saidSoFar(body).length));

export function answer(response: ServerResponse, text: string): void {
  beginStream(response);
  const usage = { prompt_tokens: 20, completion_tokens: 30, total_tokens: 50 };
  for (const part of text.match(/.{1,7}/gs) ?? []) response.write(chunk(part).replace('"id":"c"', '"id":"another"'));
  response.end(chunk("", "stop") + `data: ${JSON.stringify({ ...HEAD, choices: [], usage })}\n\n${DONE}`);
}

export function claude(response: ServerResponse, text: string): void {
  beginStream(response);
  const events = [
    {
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "c",
        content: [],
        usage: { input_tokens: 3, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    ...(text.match(/.{1,7}/gs) ?? []).map((part) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: part },
    })),
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 30 } },
    { type: "message_stop" },
  ];
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
}

/** The last words of the answer so far, as the conversation has it. */
export function quoted(body: Asked): string {
  return saidSoFar(body).slice(-40);
}

function saidSoFar({ messages }: Asked): string {
  const said = messages.findLast(({ role }) => role === "assistant")?.content;
  return typeof said === "string" ? said : "";
}

export const HEAD = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };

export function tool(args: string): string {
  const call = { index: 0, id: "call_1", type: "function", function: { name: "weather", arguments: args } };
  return `data: ${JSON.stringify({ ...HEAD, choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }] })}\n\n`;
}
