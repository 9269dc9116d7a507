import { describe, expect, it } from "vitest";
import { realClock } from "../../../src/lib/clock.ts";
import { openai } from "../../../src/providers/openai/index.ts";
import { AnswerReader } from "../../../src/stream/answer-reader.ts";
import { STAMP } from "../../support/providers.ts";

describe("a reader whose stream breaks", () => {
  it("reads the error's stack once, without which V8 would keep reader and stream for ever", async () => {
    const lost = new Error("Network connection lost.");
    let reads = 0;
    const stack = (): string => `read ${(reads += 1)} times`;
    Object.defineProperty(lost, "stack", { get: stack });
    const body = new ReadableStream({ type: "bytes", pull: (controller) => controller.error(lost) });

    expect(await new AnswerReader(body, openai.fromStream(STAMP), realClock, false).read()).toBe("broken");
    expect(reads).toBe(1);
  });
});
