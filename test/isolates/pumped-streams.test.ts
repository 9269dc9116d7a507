import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginStream, chunk, DONE, pause } from "../support/scripted-provider.ts";
import { endsIn, eventsIn, textOf, startStreamStage, type StreamStage } from "../support/stream-stage.ts";

let stage: StreamStage;

beforeAll(async () => {
  stage = await startStreamStage();
});

afterAll(() => stage.dispose());

describe("a pumped stream", () => {
  it("is the provider's bytes, untouched, when it ends as it should", async () => {
    const sent = `: hello\r\n\r\n${chunk("")}${chunk("Hello")}: ping\n\n${chunk(" world", "stop")}${DONE}`;
    stage.provider.play((response) => {
      beginStream(response);
      response.end(sent);
    });

    const response = await stage.ask("pump");

    expect(await textOf(response)).toBe(sent);
    expect(response.headers.get("x-lisbon-route")).toBe("pumped");
    expect(response.headers.get("x-lisbon-attempts")).toBe("1");
  });

  it("is whole, and gets its last blank line, when the provider leaves that out behind [DONE]", async () => {
    stage.provider.play((response) => {
      beginStream(response);
      response.end(`${chunk("Hello", "stop")}data: [DONE]`);
    });

    expect(await textOf(await stage.ask("pump"))).toBe(chunk("Hello", "stop") + DONE);
  });

  it("carries none of the provider's headers", async () => {
    stage.provider.play((response) => {
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "set-cookie": "secret=1",
        "openai-organization": "org",
      });
      response.end(chunk("Hi", "stop") + DONE);
    });

    const response = await stage.ask("pump");
    await textOf(response);

    expect(response.headers.get("set-cookie")).toBeNull();
    expect(response.headers.get("openai-organization")).toBeNull();
  });

  it("that is cut between two events ends in an error event", async () => {
    stage.provider.play(async (response) => {
      beginStream(response);
      response.write(chunk("Hello"));
      await pause(100);
      response.destroy();
    });

    expect(eventsIn(await textOf(await stage.ask("pump"))).at(-1)).toEqual(endsIn("stream_cut"));
  });

  it("that is cut inside an event has that event completed, without a further word, before the error", async () => {
    const half = chunk(" beautiful");
    stage.provider.play(async (response) => {
      beginStream(response);
      response.write(chunk("Hello"));
      await pause(50);
      response.write(half.slice(0, half.indexOf("tiful")));
      await pause(50);
      response.destroy();
    });

    expect(eventsIn(await textOf(await stage.ask("pump")))).toMatchObject([
      { choices: [{ delta: { content: "Hello" } }] },
      { choices: [{ delta: { content: " beau" } }] },
      { error: { code: "stream_cut" } },
    ]);
  });

  it.each([
    ["ends without its terminal event", chunk("Hello")],
    ["says [DONE] before any finish reason", chunk("Hello") + DONE],
  ])("that %s is not shown as whole", async (_name, sent) => {
    stage.provider.play((response) => {
      beginStream(response);
      response.end(sent);
    });

    const text = await textOf(await stage.ask("pump"));

    expect(eventsIn(text).at(-1)).toEqual(endsIn("stream_cut"));
  });

  it("that stalls ends in an error event, and the provider's connection is closed", async () => {
    const hangUp = stage.provider.nextHangUp();
    stage.provider.play((response) => {
      beginStream(response);
      response.write(chunk("Hello"));
    });

    expect(eventsIn(await textOf(await stage.ask("hasty-pump"))).at(-1)).toEqual(endsIn("stream_stalled"));
    await hangUp;
  });

  it("is not kept alive by comments and empty chunks", async () => {
    stage.provider.play((response) => {
      beginStream(response);
      response.write(chunk("Hello"));
      const pings = setInterval(() => response.write(`: ping\n\n${chunk("")}`), 50);
      response.on("close", () => clearInterval(pings));
    });

    expect(eventsIn(await textOf(await stage.ask("hasty-pump"))).at(-1)).toEqual(endsIn("stream_stalled"));
  });

  it("that runs for longer than maxStreamMs ends in an error event", async () => {
    stage.provider.play((response) => {
      beginStream(response);
      const words = setInterval(() => response.write(chunk(" more")), 50);
      response.on("close", () => clearInterval(words));
    });

    expect(eventsIn(await textOf(await stage.ask("short-pump"))).at(-1)).toEqual(endsIn("stream_too_long"));
  });

  it("passes a provider's own error event on and adds nothing", async () => {
    const error = 'data: {"error":{"message":"overloaded","type":"server_error","code":null}}\n\n';
    stage.provider.play(async (response) => {
      beginStream(response);
      response.write(chunk("Hello"));
      await pause(50);
      response.end(error);
    });

    expect(await textOf(await stage.ask("pump"))).toBe(chunk("Hello") + error);
  });

  it("gets the last blank line of a provider's error event that was sent without one", async () => {
    const error = 'data: {"error":{"message":"overloaded","type":"server_error","code":null}}';
    stage.provider.play(async (response) => {
      beginStream(response);
      response.write(chunk("Hello"));
      await pause(50);
      response.end(error);
    });

    expect(await textOf(await stage.ask("pump"))).toBe(`${chunk("Hello")}${error}\n\n`);
  });

  it("that pings by the megabyte before its first words is given up, and the next route may answer", async () => {
    let sent = 0;
    stage.provider.play((response) => {
      beginStream(response);
      const pings = ": ping\n\n".repeat(20_000);
      const flood = setInterval(() => {
        if (response.writableLength > 1_000_000) return;
        response.write(pings);
        sent += pings.length;
      }, 2);
      response.on("close", () => clearInterval(flood));
    });

    const response = await stage.ask("pump");
    await response.text();

    expect(response.headers.get("x-lisbon-trail")).toMatch(/^pumped=answer_too_large/);
    expect(sent).toBeLessThan(100_000_000);
  });

  it("ends for the caller once the terminal event is there, though the provider keeps the connection", async () => {
    stage.provider.play((response) => {
      beginStream(response);
      response.write(chunk("Hello", "stop") + DONE);
    });

    expect(await textOf(await stage.ask("patient-pump"))).toBe(chunk("Hello", "stop") + DONE);
  });
});

describe("the observer", () => {
  it("has read nearly everything when a provider of 2,000 events a second has ended", async () => {
    stage.provider.play(async (response) => {
      beginStream(response);
      for (let batch = 0; batch < 100; batch++) {
        response.write(chunk(" w").repeat(20));
        await pause(10);
      }
      response.end(chunk("", "stop") + DONE);
    });
    const response = await stage.ask("patient-pump");
    const began = Date.now();
    let doneAt = 0;
    for await (const bytes of response.body ?? []) {
      if (new TextDecoder().decode(bytes).includes("[DONE]")) doneAt = Date.now();
    }
    // The body is closed by the observer, after it has read everything that the caller got: a few milliseconds later.
    // One that does not keep up is behind by many times what the stream took, on whatever machine.
    expect(Date.now() - doneAt).toBeLessThan((doneAt - began) / 4);
  });
});
