import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { openStream, type ServerEvent } from "../../../../cli/lisbon-test/event-stream.ts";
import { portOf } from "../../../support/port-of.ts";

let server: Server | null = null;

afterEach(() => server?.close());

async function eventsOf(
  pieces: readonly string[],
  end: "end" | "cut",
): Promise<{ events: ServerEvent[]; cut: boolean }> {
  server = createServer((_, response) => {
    for (const piece of pieces) response.write(piece);
    setTimeout(() => (end === "end" ? response.end() : response.socket?.resetAndDestroy()), 20);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const stream = await openStream({
    url: `http://127.0.0.1:${portOf(server)}/`,
    headers: {},
    signal: new AbortController().signal,
  });
  const events: ServerEvent[] = [];
  try {
    for await (const event of stream.events) events.push(event);
    return { events, cut: false };
  } catch {
    return { events, cut: true };
  }
}

describe("an event stream", () => {
  it("is read with ids and names, wherever its bytes were cut", async () => {
    const { events } = await eventsOf(
      [": hello\nretry: 5\n\nid: 1\nda", "ta: a\n\nevent: answer\ndata: b\ndata: c\n", "\n"],
      "end",
    );

    expect(events).toEqual([
      { id: "1", name: "message", data: "a" },
      { id: "1", name: "answer", data: "b\nc" },
    ]);
  });

  it("throws where the connection is cut, after what has come", async () => {
    const { events, cut } = await eventsOf(["data: a\n\ndata: hal"], "cut");

    expect(events).toEqual([{ id: null, name: "message", data: "a" }]);
    expect(cut).toBe(true);
  });
});
