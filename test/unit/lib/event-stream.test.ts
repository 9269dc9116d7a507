import * as fc from "fast-check";
import { crc32 as crc32OfNode } from "node:zlib";
import { describe, expect, it } from "vitest";
import { eventFrame, exceptionFrame, frameOf } from "../../../dev/simulated/wire/bedrock/frame.ts";
import { BROKEN_FRAME, crc32, createEventStreamParser, EXCEPTION } from "../../../src/lib/event-stream.ts";
import type { SseEvent } from "../../../src/lib/sse.ts";

const BROKEN: SseEvent = { event: BROKEN_FRAME, data: "" };

function events(bytes: Uint8Array, cuts: readonly number[] = []): SseEvent[] {
  const parser = createEventStreamParser();
  const ends = [...cuts, bytes.length].map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b);
  // Each read comes in the same lent buffer, as it does from a BYOB reader.
  const lent = new Uint8Array(Math.max(1, bytes.length));
  return ends.flatMap((end, at) => {
    const part = bytes.subarray(ends[at - 1] ?? 0, end);
    lent.fill(0xaa);
    lent.set(part);
    return parser.take(lent.subarray(0, part.length));
  });
}

const stream = Buffer.concat([
  eventFrame("messageStart", '{"role":"assistant"}'),
  eventFrame("contentBlockDelta", '{"delta":{"text":"Olá 🌊"}}'),
  eventFrame("empty", ""),
  exceptionFrame("throttlingException", "Too many tokens"),
]);
const STORY: readonly SseEvent[] = [
  { event: "messageStart", data: '{"role":"assistant"}' },
  { event: "contentBlockDelta", data: '{"delta":{"text":"Olá 🌊"}}' },
  { event: "empty", data: "" },
  { event: `${EXCEPTION}throttlingException`, data: '{"message":"Too many tokens"}' },
];

describe("a stream of frames", () => {
  it("is its events, several in one piece", () => {
    expect(events(stream)).toEqual(STORY);
  });

  it("is the same cut at every byte", () => {
    for (let cut = 0; cut <= stream.length; cut++) expect(events(stream, [cut])).toEqual(STORY);
  });

  it("is the same in pieces of any sizes, one byte each too", () => {
    expect(events(stream, Array.from(stream.keys()))).toEqual(STORY);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length }), { maxLength: 30 }), (cuts) => {
        expect(events(stream, cuts)).toEqual(STORY);
      }),
    );
  });

  it("brings any text and any names as they were sent", () => {
    const name = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: "grapheme" })), { maxLength: 5 }), (sent) => {
        const bytes = Buffer.concat(sent.map(([event, data]) => eventFrame(event, data)));
        expect(events(bytes, [bytes.length >> 1])).toEqual(sent.map(([event, data]) => ({ event, data })));
      }),
    );
  });

  it("reads past headers of every other type", () => {
    const others = [
      [0],
      [1],
      [2, 5],
      [3, 0, 5],
      [4, 0, 0, 0, 5],
      [5, 0, 0, 0, 0, 0, 0, 0, 5],
      [6, 0, 2, 7, 7],
      [8, 0, 0, 0, 0, 0, 0, 0, 5],
      [9, ...Array.from({ length: 16 }, () => 7)],
    ];
    const plain = eventFrame("messageStop", "{}");
    const headers = Buffer.concat([
      ...others.map((value) => Buffer.from([1, 0x78, ...value])),
      plain.subarray(12, 12 + plain.readUInt32BE(4)),
    ]);
    expect(events(withHeaders(headers, "{}"))).toEqual([{ event: "messageStop", data: "{}" }]);
  });

  it("names an error that the service itself sends", () => {
    const error = { ":message-type": "error", ":error-code": "InternalFailure", ":error-message": "Gone" };
    expect(events(frameOf(error, ""))).toEqual([{ event: `${EXCEPTION}InternalFailure`, data: '{"message":"Gone"}' }]);
  });
});

describe("a frame that cannot be believed", () => {
  it("is told at whichever byte it is wrong, and nothing after it is read", () => {
    const [first, second] = [eventFrame("a", '{"x":1}'), eventFrame("b", "{}")];
    for (let at = 0; at < first.length; at++) {
      const spoilt = Buffer.concat([first, second]);
      spoilt.writeUInt8((spoilt.readUInt8(at) + 1) % 256, at);
      expect(events(spoilt)).toEqual([BROKEN]);
      expect(events(spoilt, [at, at + 1])).toEqual([BROKEN]);
    }
  });

  it("leaves the events before it", () => {
    const spoilt = Buffer.concat([stream, eventFrame("late", "{}")]);
    spoilt.writeUInt8(0, spoilt.length - 1);
    const read = events(spoilt);
    expect(read.slice(0, -1)).toEqual(STORY);
    expect(read.at(-1)).toEqual(BROKEN);
  });

  it.each([
    ["a page in place of frames", Buffer.from("<!doctype html><html></html>")],
    ["server-sent events in place of frames", Buffer.from('data: {"x":1}\n\n')],
    ["a length that leaves no room for checksums", prelude(15, 0)],
    ["headers longer than the frame", withHeaderLength(eventFrame("a", "{}"), 4096)],
    ["a header of no known type", withHeaders(Buffer.from([1, 0x78, 42]), "{}")],
    ["a header longer than all headers", withHeaders(Buffer.from([1, 0x78, 7, 0xff, 0xff]), "{}")],
    ["a header's name longer than the frame", withHeaders(Buffer.from([250, 0x78]), "{}")],
  ])("is %s", (_name, bytes) => {
    expect(events(bytes)).toEqual([BROKEN]);
    expect(events(bytes, Array.from(bytes.keys()))).toEqual([BROKEN]);
  });

  it("never throws, whatever comes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void events(bytes)));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (headers) => void events(withHeaders(Buffer.from(headers), ""))),
    );
  });
});

describe("a frame beyond the limit", () => {
  it("overflows by what its beginning says, before any of it is held", () => {
    const parser = createEventStreamParser(64);
    expect(parser.take(eventFrame("a", ""))).toHaveLength(0);
    expect(parser.overflowed()).toBe(true);

    const other = createEventStreamParser(1000);
    expect(other.take(Buffer.concat([eventFrame("a", "{}"), prelude(2000, 0)]))).toEqual([{ event: "a", data: "{}" }]);
    expect(other.overflowed()).toBe(true);
    expect(other.take(eventFrame("b", "{}"))).toEqual([]);
  });
});

it("a checksum is that of zip", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  fc.assert(fc.property(fc.uint8Array(), (bytes) => crc32(bytes) === crc32OfNode(bytes)));
});

function prelude(length: number, headersLength: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(headersLength, 4);
  bytes.writeUInt32BE(crc32OfNode(bytes.subarray(0, 8)), 8);
  return bytes;
}

function withHeaders(headers: Buffer, payload: string): Buffer {
  return closed(
    Buffer.concat([prelude(16 + headers.length + payload.length, headers.length), headers, Buffer.from(payload)]),
  );
}

function withHeaderLength(frame: Buffer, length: number): Buffer {
  return closed(Buffer.concat([prelude(frame.length, length), frame.subarray(12, -4)]));
}

function closed(message: Buffer): Buffer {
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc32OfNode(message));
  return Buffer.concat([message, end]);
}
