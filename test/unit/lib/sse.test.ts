import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSseParser, type SseEvent } from "../../../src/lib/sse.ts";

const encoder = new TextEncoder();

function events(wire: string | Uint8Array, cuts: readonly number[] = []): SseEvent[] {
  const bytes = typeof wire === "string" ? encoder.encode(wire) : wire;
  const parser = createSseParser();
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  let from = 0;
  return [...ends, bytes.length].flatMap((end) => {
    const piece = bytes.slice(from, end);
    from = end;
    return parser.take(piece);
  });
}

describe("an event stream", () => {
  it.each(["\n", "\r\n", "\r"])("has lines that end in %j", (end) => {
    expect(events(["event: delta", "data: one", "", "data: two", "", ""].join(end))).toEqual([
      { event: "delta", data: "one" },
      { event: "", data: "two" },
    ]);
  });

  it("needs no space after the colon and takes only the first one away", () => {
    expect(events("data:tight\n\ndata:  two spaces\n\n")).toEqual([
      { event: "", data: "tight" },
      { event: "", data: " two spaces" },
    ]);
  });

  it("joins several data lines with line feeds", () => {
    expect(events('data: {"a":\ndata: 1}\ndata\n\n')).toEqual([{ event: "", data: '{"a":\n1}\n' }]);
  });

  it("drops comments, ids, retries and events without data", () => {
    expect(events(": ping\n\nid: 4\nretry: 10\n\nevent: ping\n\ndata: x\n\n")).toEqual([{ event: "", data: "x" }]);
  });

  it("may begin with a byte order mark", () => {
    expect(events(Uint8Array.of(0xef, 0xbb, 0xbf, ...encoder.encode("data: x\n\n")), [1, 2])).toEqual([
      { event: "", data: "x" },
    ]);
  });

  it("keeps an event without its blank line to itself", () => {
    expect(events("data: [DONE]\n")).toEqual([]);
  });

  it("does not take the line feed of a cut CRLF for a blank line", () => {
    const wire = "event: a\r\ndata: x\r\n\r\n";
    for (let cut = 0; cut <= wire.length; cut++) expect(events(wire, [cut])).toEqual([{ event: "a", data: "x" }]);
  });

  const line = fc.oneof(
    fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\r\n]/g, "").toWellFormed()),
    fc.constantFrom("data: 日本語 🙂 ü", "data:", "event: delta", ": keep-alive", "data", "", ""),
    fc.json().map((json) => `data: ${json}`),
  );
  const wire = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")), { maxLength: 30 });

  it("gives the same events and the same rest however its bytes are cut", () => {
    fc.assert(
      fc.property(wire, fc.array(fc.nat(), { maxLength: 40 }), (lines, cuts) => {
        const text = lines.map(([content, end]) => content + end).join("");
        expect(events(text, cuts)).toEqual(events(text));
      }),
      { numRuns: 500 },
    );
  });

  it("gives the same events byte by byte", () => {
    fc.assert(
      fc.property(wire, (lines) => {
        const bytes = encoder.encode(lines.map(([content, end]) => content + end).join(""));
        expect(events(bytes, [...bytes.keys()])).toEqual(events(bytes));
      }),
      { numRuns: 100 },
    );
  });
});

describe("the rest of an event stream", () => {
  it("is the raw text since the last event, comments too", () => {
    const parser = createSseParser();
    parser.take(encoder.encode("data: one\n\n"));
    expect(parser.rest()).toBe("");
    parser.take(encoder.encode(': ping\r\nevent: x\r\ndata: {"a'));
    expect(parser.rest()).toBe(': ping\r\nevent: x\r\ndata: {"a');
    parser.take(encoder.encode('":1}\r\n\r'));
    parser.take(encoder.encode("\n"));
    expect(parser.rest()).toBe("");
  });

  it("holds no half character", () => {
    const parser = createSseParser();
    parser.take(encoder.encode("data: 🙂").slice(0, -2));
    expect(parser.rest()).toBe("data: ");
  });
});

describe("an event that does not end", () => {
  it("is dropped past the limit, and the parser takes nothing more", () => {
    const parser = createSseParser(100);
    const given = parser.take(encoder.encode(`data: whole\n\ndata: ${"x".repeat(200)}`));
    expect(given).toEqual([{ event: "", data: "whole" }]);
    expect(parser.overflowed()).toBe(true);
    expect(parser.rest()).toBe("");
    expect(parser.take(encoder.encode("\n\ndata: next\n\n"))).toEqual([]);
  });

  it("overflows however it is cut", () => {
    const wire = encoder.encode(`data: ${"x".repeat(120)}\n\n`);
    for (const size of [1, 7, 64, 4096]) {
      const parser = createSseParser(100);
      for (let at = 0; at < wire.length; at += size) parser.take(wire.slice(at, at + size));
      expect(parser.overflowed()).toBe(true);
    }
  });

  it("costs no more for being long: 8 MiB in 1 KiB pieces are read once each", () => {
    const parser = createSseParser();
    const piece = encoder.encode("x".repeat(1024));
    parser.take(encoder.encode("data: "));
    for (let taken = 0; taken < 8 * 1024 - 1; taken++) parser.take(piece);
    const [event] = parser.take(encoder.encode("\n\n"));
    expect(event?.data.length).toBe(1024 * (8 * 1024 - 1));
  });
});
