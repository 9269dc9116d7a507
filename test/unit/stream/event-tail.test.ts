import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventTail } from "../../../src/stream/event-tail.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function tailOf(...chunks: readonly Uint8Array[]): string {
  const tail = new EventTail();
  for (const chunk of chunks) tail.take(chunk);
  return new TextDecoder().decode(tail.bytes());
}

describe("the tail of an event stream", () => {
  it.each([
    ["data: a\n\n", ""],
    ["data: a\n\ndata: b", "data: b"],
    ["data: a\r\n\r\ndata: b\r\n", "data: b\r\n"],
    ["data: a\r\rdata: b", "data: b"],
    ["data: a\n", "data: a\n"],
    ["data: a\n\n\n\r\n", ""],
    ["", ""],
  ])("of %j is %j", (stream, tail) => {
    expect(tailOf(encode(stream))).toBe(tail);
  });

  it("is the same wherever the bytes are cut", () => {
    const pieces = fc.array(fc.constantFrom("data: a", "é", "\n", "\n\n", "\r\n", "\r\n\r\n", ": ping"), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 7 }), (parts, size) => {
        const bytes = encode(parts.join(""));
        const chunks = Array.from({ length: Math.ceil(bytes.byteLength / size) }, (_, at) =>
          bytes.slice(at * size, (at + 1) * size),
        );
        expect(tailOf(...chunks)).toBe(tailOf(bytes));
      }),
    );
  });
});
