/** Streams through the real Worker in workerd, over real sockets, with a provider that does what the test says. */
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startIsolates, type Isolates } from "../support/isolates.ts";
import {
  beginStream,
  chunk,
  DONE,
  pause,
  startScriptedProvider,
  type ScriptedProvider,
} from "../support/scripted-provider.ts";

const KEY = "test-caller-key";
let provider: ScriptedProvider;
let isolates: Isolates;
let url = "";

beforeAll(async () => {
  provider = await startScriptedProvider();
  isolates = await startIsolates({
    count: 1,
    routes: "test/fixtures/routes.streams.json",
    bindings: { UPSTREAM_URL: provider.url, TEST_KEY: "provider-key", LISBON_API_KEY: KEY, LISBON_ADMIN_KEY: "admin" },
  });
  url = isolates.workers[0]?.url ?? "";
});

afterAll(async () => {
  await isolates.dispose();
  await provider.close();
});

function ask(model: string, more: Record<string, unknown> = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "hello" }], ...more }),
  });
}

async function textOf(response: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true });
    return text;
  } catch {
    return `${text}<aborted>`;
  }
}

/** What is in each event; the last may be an error. */
function eventsIn(text: string): readonly unknown[] {
  return text
    .split("\n\n")
    .filter((event) => event.startsWith("data: "))
    .map((event) => (event === "data: [DONE]" ? "DONE" : (JSON.parse(event.slice("data: ".length)) as unknown)));
}

const endsIn = (code: string): unknown => expect.objectContaining({ error: expect.objectContaining({ code }) });

describe("a pumped stream", () => {
  it("is the provider's bytes, untouched, when it ends as it should", async () => {
    const sent = `: hello\r\n\r\n${chunk("")}${chunk("Hello")}: ping\n\n${chunk(" world", "stop")}${DONE}`;
    provider.play((response) => {
      beginStream(response);
      response.end(sent);
    });

    const response = await ask("pump");

    expect(await textOf(response)).toBe(sent);
    expect(response.headers.get("x-lisbon-route")).toBe("pumped");
    expect(response.headers.get("x-lisbon-attempts")).toBe("1");
  });

  it("carries none of the provider's headers", async () => {
    provider.play((response) => {
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "set-cookie": "secret=1",
        "openai-organization": "org",
      });
      response.end(chunk("Hi", "stop") + DONE);
    });

    const response = await ask("pump");
    await textOf(response);

    expect(response.headers.get("set-cookie")).toBeNull();
    expect(response.headers.get("openai-organization")).toBeNull();
  });

  it("that is cut between two events ends in an error event", async () => {
    provider.play(async (response) => {
      beginStream(response);
      response.write(chunk("Hello"));
      await pause(100);
      response.destroy();
    });

    expect(eventsIn(await textOf(await ask("pump"))).at(-1)).toEqual(endsIn("stream_cut"));
  });

  it("that is cut inside an event has that event completed, without a further word, before the error", async () => {
    const half = chunk(" beautiful");
    provider.play(async (response) => {
      beginStream(response);
      response.write(chunk("Hello"));
      await pause(50);
      response.write(half.slice(0, half.indexOf("tiful")));
      await pause(50);
      response.destroy();
    });

    expect(eventsIn(await textOf(await ask("pump")))).toMatchObject([
      { choices: [{ delta: { content: "Hello" } }] },
      { choices: [{ delta: { content: " beau" } }] },
      { error: { code: "stream_cut" } },
    ]);
  });

  it.each([
    ["ends without its terminal event", chunk("Hello")],
    ["says [DONE] before any finish reason", chunk("Hello") + DONE],
  ])("that %s is not shown as whole", async (_name, sent) => {
    provider.play((response) => {
      beginStream(response);
      response.end(sent);
    });

    const text = await textOf(await ask("pump"));

    expect(eventsIn(text).at(-1)).toEqual(endsIn("stream_cut"));
  });

  it("that stalls ends in an error event, and the provider's connection is closed", async () => {
    const hangUp = provider.nextHangUp();
    provider.play((response) => {
      beginStream(response);
      response.write(chunk("Hello"));
    });

    expect(eventsIn(await textOf(await ask("pump"))).at(-1)).toEqual(endsIn("stream_stalled"));
    await hangUp;
  });

  it("is not kept alive by comments and empty chunks", async () => {
    provider.play((response) => {
      beginStream(response);
      response.write(chunk("Hello"));
      const pings = setInterval(() => response.write(`: ping\n\n${chunk("")}`), 50);
      response.on("close", () => clearInterval(pings));
    });

    expect(eventsIn(await textOf(await ask("pump"))).at(-1)).toEqual(endsIn("stream_stalled"));
  });

  it("that runs for longer than maxStreamMs ends in an error event", async () => {
    provider.play((response) => {
      beginStream(response);
      const words = setInterval(() => response.write(chunk(" more")), 50);
      response.on("close", () => clearInterval(words));
    });

    expect(eventsIn(await textOf(await ask("pump"))).at(-1)).toEqual(endsIn("timed_out"));
  });

  it("passes a provider's own error event on and adds nothing", async () => {
    const error = 'data: {"error":{"message":"overloaded","type":"server_error","code":null}}\n\n';
    provider.play(async (response) => {
      beginStream(response);
      response.write(chunk("Hello"));
      await pause(50);
      response.end(error);
    });

    expect(await textOf(await ask("pump"))).toBe(chunk("Hello") + error);
  });

  it("ends for the caller once the terminal event is there, though the provider keeps the connection", async () => {
    provider.play((response) => {
      beginStream(response);
      response.write(chunk("Hello", "stop") + DONE);
    });

    expect(await textOf(await ask("patient-pump"))).toBe(chunk("Hello", "stop") + DONE);
  });
});

describe.each(["patient-pump", "patient-check"])("a caller that reads slowly (%s)", (kind) => {
  const words = Array.from({ length: 40_000 }, (_, at) => chunk(` word-${at}`)).join("");

  it.each([
    ["cut", "stream_cut"],
    ["whole", null],
  ] as const)(
    "gets every byte that was there when the stream is %s",
    async (how, code) => {
      provider.play(async (response) => {
        beginStream(response);
        response.write(chunk("Hello") + words);
        await pause(300);
        if (how === "cut") response.destroy();
        else response.end(chunk("", "stop") + DONE);
      });

      const response = await ask(kind);
      let text = "";
      const decoder = new TextDecoder();
      for await (const bytes of response.body ?? []) {
        text += decoder.decode(bytes, { stream: true });
        await pause(2);
      }

      const events = eventsIn(text);
      expect(events.length).toBeGreaterThanOrEqual(code === null ? 40_003 : 1);
      expect(events.at(-1)).toEqual(code === null ? "DONE" : endsIn(code));
    },
    30_000,
  );
});

describe("a caller that hangs up", () => {
  it.each([
    ["before the first words", "", "patient-pump"],
    ["after the first words", chunk("Hello"), "patient-pump"],
    ["before the first words", "", "patient-check"],
    ["after the first words", chunk("Hello"), "patient-check"],
  ])("%s closes the provider's connection within 100 ms (%#)", async (_name, sent, kind) => {
    const asked = new Promise<void>((resolve) =>
      provider.play((response) => {
        beginStream(response);
        if (sent !== "") response.write(sent);
        resolve();
      }),
    );
    const hangUp = provider.nextHangUp();
    const socket = await rawAsk(kind);
    await asked;
    await pause(100);
    const at = Date.now();
    socket.resetAndDestroy();

    expect((await hangUp) - at).toBeLessThan(100);
  });

  it("while an unstreamed answer is made closes the provider's connection", async () => {
    const asked = new Promise<void>((resolve) => provider.play(() => resolve()));
    const hangUp = provider.nextHangUp();
    const socket = await rawAsk("patient-pump", false);
    await asked;
    await pause(50);
    const at = Date.now();
    socket.resetAndDestroy();

    expect((await hangUp) - at).toBeLessThan(100);
  });

  it("blames nobody", async () => {
    const before = await outcomesOf("patient");
    for (let hangUps = 0; hangUps < 6; hangUps++) {
      const asked = new Promise<void>((resolve) =>
        provider.play((response) => {
          beginStream(response);
          response.write(chunk("Hello"));
          resolve();
        }),
      );
      const gone = provider.nextHangUp();
      const socket = await rawAsk("patient-pump");
      await asked;
      socket.resetAndDestroy();
      await gone;
    }
    provider.play((response) => {
      beginStream(response);
      response.end(chunk("Hello", "stop") + DONE);
    });
    // Successes ride in the report of a later call, at most once a second.
    await expect
      .poll(
        async () => {
          await textOf(await ask("patient-pump"));
          return await outcomesOf("patient");
        },
        { timeout: 5_000, interval: 300 },
      )
      .not.toEqual(before);

    expect(failuresIn(await outcomesOf("patient"))).toBe(failuresIn(before));
  });
});

function failuresIn(outcomes: readonly number[]): number {
  return outcomes.filter((outcome) => outcome === 0).length;
}

async function outcomesOf(id: string): Promise<readonly number[]> {
  const overview = await fetch(`${url}/admin/breakers`, { headers: { authorization: "Bearer admin" } });
  const { routes } = (await overview.json()) as { routes: { id: string; last: number[] }[] };
  return routes.find((route) => route.id === id)?.last ?? [];
}

describe("a caller that stops reading", () => {
  it("has its stream ended once it holds maxStreamBytes, so that it cannot take the isolate's memory", async () => {
    let written = 0;
    const over = new Promise<void>((resolve) => {
      provider.play((response) => {
        beginStream(response);
        const big = chunk(" x".repeat(50_000));
        const words = setInterval(() => {
          if (response.writableLength > 5_000_000) return;
          response.write(big);
          written += big.length;
        }, 2);
        response.on("close", () => {
          clearInterval(words);
          resolve();
        });
      });
    });
    const socket = await rawAsk("patient-pump");
    socket.pause();
    await over;

    expect(written).toBeLessThan(60_000_000);
    socket.destroy();
    const still = await fetch(`${url}/health`);
    expect(still.status).toBe(200);
    await still.text();
  }, 30_000);
});

describe("the observer", () => {
  it("is less than 50 ms behind a provider of 2,000 events a second", async () => {
    provider.play(async (response) => {
      beginStream(response);
      for (let batch = 0; batch < 100; batch++) {
        response.write(chunk(" w").repeat(20));
        await pause(10);
      }
      response.end(chunk("", "stop") + DONE);
    });
    const response = await ask("patient-pump");
    let last = 0;
    let doneAt = 0;
    for await (const bytes of response.body ?? []) {
      last = Date.now();
      if (new TextDecoder().decode(bytes).includes("[DONE]")) doneAt = last;
    }
    // The body is closed by the observer, after it has read everything that the caller got.
    expect(Date.now() - doneAt).toBeLessThan(50);
  });
});

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

  function saidIn(text: string): string {
    return eventsIn(text)
      .map((event) => (event as { choices?: { delta?: { content?: string } }[] }).choices?.[0]?.delta?.content ?? "")
      .join("");
  }

  it("drops a malformed event and goes on", async () => {
    const broken = anthropic
      ? 'event: content_block_delta\ndata: {"type":"content_block_de\n\n'
      : 'data: {"id":"c","choices":[{"in\n\n';
    provider.play((response) => {
      beginStream(response);
      response.end(begin + word("Hello") + broken + word(" world") + end);
    });

    const text = await textOf(await ask(kind));

    expect(saidIn(text)).toBe("Hello world");
    expect(eventsIn(text).at(-1)).toBe("DONE");
  });

  it("ends in an error event of ours when the provider sends one after the first words", async () => {
    const error = anthropic
      ? 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'
      : 'data: {"error":{"message":"Overloaded","type":"overloaded_error","code":null}}\n\n';
    provider.play(async (response) => {
      beginStream(response);
      response.write(begin + word("Hello"));
      await pause(50);
      response.end(error);
    });

    expect(eventsIn(await textOf(await ask(kind))).at(-1)).toEqual(endsIn("overloaded"));
  });

  it.each(["cut", "end"])("that %ss without its terminal event ends in an error event", async (how) => {
    provider.play(async (response) => {
      beginStream(response);
      response.write(begin + word("Hello"));
      await pause(50);
      if (how === "cut") response.destroy();
      else response.end();
    });

    expect(eventsIn(await textOf(await ask(kind))).at(-1)).toEqual(endsIn("stream_cut"));
  });

  it("that stalls ends in an error event", async () => {
    provider.play((response) => {
      beginStream(response);
      response.write(begin + word("Hello"));
    });

    expect(eventsIn(await textOf(await ask(kind))).at(-1)).toEqual(endsIn("stream_stalled"));
  });

  it.each([true, false])("has a usage chunk only when the caller asked for one (%s)", async (asked) => {
    provider.play((response) => {
      beginStream(response);
      response.end(begin + word("Hello") + end);
    });

    const text = await textOf(await ask(kind, asked ? { stream_options: { include_usage: true } } : {}));

    expect(text.includes('"total_tokens":8')).toBe(asked);
  });
});

/** A caller that can hang up as a phone does: a FIN is not seen before the first byte, a reset is. */
async function rawAsk(model: string, stream = true): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ model, stream, messages: [{ role: "user", content: "hello" }] });
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  socket.on("error", () => undefined);
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
}
