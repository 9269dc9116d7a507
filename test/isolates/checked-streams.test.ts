import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginStream, chunk, DONE, pause } from "../support/scripted-provider.ts";
import { endsIn, eventsIn, saidIn, textOf, startStreamStage, type StreamStage } from "../support/stream-stage.ts";

let stage: StreamStage;

beforeAll(async () => {
  stage = await startStreamStage();
});

afterAll(() => stage.dispose());

describe.each(["check", "translate"])("a stream that JavaScript sees (%s)", (kind) => {
  const anthropic = kind === "translate";
  const begin = anthropic
    ? `event: message_start\ndata: ${JSON.stringify({ type: "message_start", message: { id: "m", type: "message", role: "assistant", model: "claude", content: [], usage: { input_tokens: 3, output_tokens: 1 } } })}\n\nevent: content_block_start\ndata: ${JSON.stringify({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } })}\n\n`
    : "";
  const word = (text: string): string =>
    anthropic
      ? `event: content_block_delta\ndata: ${JSON.stringify({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })}\n\n`
      : chunk(text);
  const end = anthropic
    ? `event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\nevent: message_delta\ndata: ${JSON.stringify({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } })}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n`
    : `${chunk("", "stop")}data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 } })}\n\n${DONE}`;

  it("drops a malformed event and goes on", async () => {
    const broken = anthropic
      ? 'event: content_block_delta\ndata: {"type":"content_block_de\n\n'
      : 'data: {"id":"c","choices":[{"in\n\n';
    stage.provider.play((response) => {
      beginStream(response);
      response.end(begin + word("Hello") + broken + word(" world") + end);
    });

    const text = await textOf(await stage.ask(kind));

    expect(saidIn(text)).toBe("Hello world");
    expect(eventsIn(text).at(-1)).toBe("DONE");
  });

  it("ends in an error event of ours when the provider sends one after the first words", async () => {
    const error = anthropic
      ? 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'
      : 'data: {"error":{"message":"Overloaded","type":"overloaded_error","code":null}}\n\n';
    stage.provider.play(async (response) => {
      beginStream(response);
      response.write(begin + word("Hello"));
      await pause(50);
      response.end(error);
    });

    expect(eventsIn(await textOf(await stage.ask(kind))).at(-1)).toEqual(endsIn("overloaded"));
  });

  it.each(["cut", "end"])("that %ss without its terminal event ends in an error event", async (how) => {
    stage.provider.play(async (response) => {
      beginStream(response);
      response.write(begin + word("Hello"));
      await pause(50);
      if (how === "cut") response.destroy();
      else response.end();
    });

    expect(eventsIn(await textOf(await stage.ask(kind))).at(-1)).toEqual(endsIn("stream_cut"));
  });

  it("that stalls ends in an error event", async () => {
    stage.provider.play((response) => {
      beginStream(response);
      response.write(begin + word("Hello"));
    });

    expect(eventsIn(await textOf(await stage.ask(`hasty-${kind}`))).at(-1)).toEqual(endsIn("stream_stalled"));
  });

  it.each([true, false])("has a usage chunk only when the caller asked for one (%s)", async (asked) => {
    stage.provider.play((response) => {
      beginStream(response);
      response.end(begin + word("Hello") + end);
    });

    const text = await textOf(await stage.ask(kind, asked ? { stream_options: { include_usage: true } } : {}));

    expect(text.includes('"total_tokens":8')).toBe(asked);
  });
});
