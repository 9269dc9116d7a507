/** Events cut out of bytes that come in any pieces. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEventCutter, type WholeEvent } from "../../../clients/js/src/event-cutter.ts";

function cutAll(pieces: readonly Uint8Array[]): readonly WholeEvent[] {
  const cut = createEventCutter();
  return pieces.flatMap((piece) => cut(piece));
}

function piecesOf(text: string, sizes: readonly number[]): readonly Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0, place = 0; at < bytes.length; place++) {
    const size = sizes[place % sizes.length] ?? 1;
    pieces.push(bytes.slice(at, at + size));
    at += size;
  }
  return pieces;
}

describe("the event cutter", () => {
  it("reads id, name and data, and keeps the text as it came", () => {
    const text = "event: chunk\nid:1.2\ndata: one\ndata: two\n\n";

    expect(cutAll(piecesOf(text, [7]))).toEqual([{ text, id: "1.2", name: "chunk", data: "one\ntwo" }]);
  });

  it("knows an event without data from one with it", () => {
    expect(cutAll(piecesOf(": keep-alive\n\nretry: 5\n\ndata\n\n", [100]))).toMatchObject([
      { data: null },
      { data: null },
      { data: "" },
    ]);
  });

  it("gives nothing of an event whose end has not come", () => {
    expect(cutAll(piecesOf("id: 1\ndata: a\n\nid: 2\ndata: b\n", [3]))).toMatchObject([{ id: "1" }]);
  });

  it.each(["\n", "\r\n", "\r"])("loses and doubles nothing with the line end %j, however it is cut", (end) => {
    const lines = fc.array(
      fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n\0]/g, "-")),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(lines, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (data, sizes) => {
        const text = data.map((line, place) => `id: ${place}${end}data: ${line}${end}${end}`).join("");
        const events = cutAll(piecesOf(text, sizes));

        expect(events.map((event) => event.data)).toEqual(data);
        expect(events.map(({ id }) => id)).toEqual(data.map((_line, place) => String(place)));
        // A CR ends a line by itself: where it is the last byte to come, its LF begins what comes next.
        const together = events.map((event) => event.text).join("");
        expect([together, `${together}\n`]).toContain(text);
      }),
    );
  });
});
