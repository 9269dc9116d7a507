import { describe, expect, it } from "vitest";
import { exceptionFrame } from "../../../dev/simulated/wire/bedrock/frame.ts";
import { MAX_EVENT_LENGTH } from "../../../src/lib/sse.ts";
import { realClock } from "../../../src/lib/clock.ts";
import { bedrock } from "../../../src/providers/bedrock/index.ts";
import { AnswerReader } from "../../../src/stream/answer-reader.ts";
import { converseStream, METADATA, said, stopped } from "../../support/event-stream.ts";
import { STAMP } from "../../support/providers.ts";

const BEGINNING = converseStream(["messageStart", { role: "assistant" }], said("Olá, "), said("Lisboa 🌊"));
const WHOLE = Buffer.concat([BEGINNING, converseStream(stopped("end_turn"), METADATA)]);

async function readAll(...pieces: readonly Uint8Array[]) {
  const body = new ReadableStream({
    type: "bytes",
    start(controller) {
      for (const piece of pieces) if (piece.length > 0) controller.enqueue(Uint8Array.from(piece));
      controller.close();
    },
  });
  const reader = new AnswerReader(body, bedrock.fromStream(STAMP), realClock, true, bedrock.eventParser?.());
  let state = await reader.read();
  while (state === "open") state = await reader.read();
  const text = reader
    .takeChunks()
    .flatMap((chunk) => chunk.choices)
    .map((choice) => choice.delta.content ?? "")
    .join("");
  return {
    text,
    state,
    finished: reader.finished(),
    failure: reader.inBandFailure?.kind ?? null,
    held: reader.halfEvent().length,
  };
}

describe("a reader of frames", () => {
  it("has the same answer wherever the body is cut in two, and holds none of its bytes", async () => {
    for (let cut = 0; cut <= WHOLE.length; cut += 7) {
      const read = await readAll(WHOLE.subarray(0, cut), WHOLE.subarray(cut));
      expect(read).toEqual({ text: "Olá, Lisboa 🌊", state: "ended", finished: true, failure: null, held: 0 });
    }
  });

  it("is not finished at whichever byte the body ends too soon, and takes that for no error of the provider's", async () => {
    for (let cut = 0; cut < WHOLE.length; cut += 3) {
      const read = await readAll(WHOLE.subarray(0, cut));
      expect(read).toMatchObject({ finished: false, failure: null, held: 0 });
      expect("Olá, Lisboa 🌊".startsWith(read.text)).toBe(true);
    }
  });

  it("fails at an exception and at a wrong checksum, with the words before it", async () => {
    const spoilt = Buffer.from(WHOLE);
    spoilt.writeUInt8(0x20, BEGINNING.length + 30);
    expect(await readAll(spoilt)).toMatchObject({ text: "Olá, Lisboa 🌊", failure: "unreadable", finished: false });
    const thrown = exceptionFrame("modelStreamErrorException", "Oh");
    expect(await readAll(BEGINNING, thrown)).toMatchObject({ text: "Olá, Lisboa 🌊", failure: "server_error" });
  });

  it("overflows at a frame beyond every bound", async () => {
    const parser = bedrock.eventParser?.();
    parser?.take(converseStream(said("x".repeat(MAX_EVENT_LENGTH))).subarray(0, 100));
    expect(parser?.overflowed()).toBe(true);
  });
});
