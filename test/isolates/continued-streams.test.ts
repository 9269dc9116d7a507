import type { Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import {
  answer,
  Asked,
  BEGINNING,
  breaks,
  claude,
  goesOn,
  isAway,
  type Plays,
  quoted,
  REST,
  tool,
} from "../support/continuing-providers.ts";
import { beginStream, chunk, DONE, pause } from "../support/scripted-provider.ts";
import { endsIn, eventsIn, saidIn, textOf, startStreamStage, type StreamStage } from "../support/stream-stage.ts";

let stage: StreamStage;
let plays: Readonly<Record<string, Plays>> = {};
let asked: { readonly name: string; readonly body: Asked }[] = [];

beforeAll(async () => {
  stage = await startStreamStage("test/fixtures/routes.continued.json");
  stage.provider.play((response, request, text) => {
    const name = /^\/([\w-]+)\//.exec(request.url ?? "")?.[1] ?? "";
    const body = Asked.parse(JSON.parse(text));
    asked.push({ name, body });
    const play = plays[name] ?? isAway;
    return play({ response, body });
  });
});

afterAll(() => stage.dispose());

beforeEach(() => {
  plays = {};
  asked = [];
});

describe.each(["pump", "check"])("an answer that breaks off after its first words (%s)", (kind) => {
  it.each(["is cut", "stalls", "ends without its terminal event", "is cut within an event"])(
    "%s: another route goes on, and the caller reads one whole answer",
    async (how) => {
      plays = { first: breaks(how), second: goesOn };

      // Elsewhere a busy machine's pause would pass for a stall.
      const text = await textOf(await stage.ask(how === "stalls" ? `hasty-${kind}` : kind));
      expect(saidIn(text)).toBe(BEGINNING + REST);
      expect(eventsIn(text).at(-1)).toBe("DONE");
      expect(text.match(/"id":"[^"]*"/g)?.every((id) => id === '"id":"c"')).toBe(true);
      expect(text.match(/"finish_reason":"/g)).toHaveLength(1);
      expect(text).toMatch(/^: continued by second at character \d+$/m);
    },
  );

  it("says in its last chunk which route went on, where and why", async () => {
    plays = { first: breaks("is cut"), second: goesOn };

    const finish = eventsIn(await textOf(await stage.ask(kind))).at(-2);

    const continued = [{ route: "second", at_character: BEGINNING.length, after: "stream_cut" }];
    expect(finish).toMatchObject({ choices: [{ finish_reason: "stop" }], x_lisbon: { continued } });
  });

  it("has the usage of both routes in one chunk, for a caller who asked for it", async () => {
    plays = { first: breaks("is cut"), second: goesOn };

    const text = await textOf(await stage.ask(kind, { stream_options: { include_usage: true } }));

    const usages = eventsIn(text).flatMap((event) => Usage.safeParse(event).data?.usage ?? []);
    expect(usages).toHaveLength(1);
    // The second reported 30; the first could report nothing, so its words are estimated.
    expect(usages[0]?.completion_tokens).toBeGreaterThan(30);
  });

  it("is gone on with twice where the second breaks off too", async () => {
    const middle = "and every one of them answered ";
    plays = {
      first: breaks("is cut"),
      second: async ({ response, body }) => {
        beginStream(response);
        response.write(chunk(quoted(body) + middle));
        await pause(20);
        response.destroy();
      },
      third: ({ response, body }) => answer(response, `${quoted(body)}${REST.slice(middle.length)}`),
    };

    const text = await textOf(await stage.ask(kind));

    expect(saidIn(text)).toBe(BEGINNING + REST);
    const continued = [{ route: "second" }, { route: "third", at_character: BEGINNING.length + middle.length }];
    expect(eventsIn(text).at(-2)).toMatchObject({ x_lisbon: { continued } });
  });

  it("goes to the third route where the second does not answer", async () => {
    plays = { first: breaks("is cut"), second: ({ response }) => void response.writeHead(503).end(), third: goesOn };

    expect(saidIn(await textOf(await stage.ask(kind)))).toBe(BEGINNING + REST);
  });

  it("ends in an error event where nobody goes on", async () => {
    plays = { first: breaks("is cut") };

    const text = await textOf(await stage.ask(kind));

    expect(saidIn(text)).toBe(BEGINNING);
    expect(eventsIn(text).at(-1)).toEqual(endsIn("stream_cut"));
  });

  it("ends in an error event, and shows nothing of it, where the next route begins the answer anew", async () => {
    plays = {
      first: breaks("is cut"),
      second: ({ response }) => answer(response, `The lighthouse keeper counted all ships. ${REST} ${REST} ${REST}`),
    };

    const text = await textOf(await stage.ask(kind));

    expect(saidIn(text)).toBe(BEGINNING);
    expect(eventsIn(text).at(-1)).toEqual(endsIn("seam_unproven"));
  });

  it("asks nobody to go on with half a tool call", async () => {
    plays = {
      first: async ({ response }) => {
        beginStream(response);
        response.write(tool('{"city":"Lis'));
        await pause(20);
        response.destroy();
      },
      second: goesOn,
    };

    const text = await textOf(await stage.ask(kind));

    expect(eventsIn(text).at(-1)).toEqual(endsIn("stream_cut"));
    expect(asked.map(({ name }) => name)).toEqual(["first"]);
  });

  it("asks nobody to go on with half a JSON answer", async () => {
    plays = { first: breaks("is cut"), second: goesOn };

    const text = await textOf(await stage.ask(kind, { response_format: { type: "json_object" } }));

    expect(eventsIn(text).at(-1)).toEqual(endsIn("stream_cut"));
    expect(asked.map(({ name }) => name)).toEqual(["first"]);
  });

  it("that lacks only its terminal event is whole, and the caller is told so", async () => {
    plays = {
      first: async ({ response }) => {
        beginStream(response);
        response.write(chunk(BEGINNING + REST) + chunk("", "stop") + DONE.slice(0, 9));
        await pause(20);
        response.destroy();
      },
      second: goesOn,
    };

    const text = await textOf(await stage.ask(kind));

    expect([saidIn(text), eventsIn(text).at(-1)]).toEqual([BEGINNING + REST, "DONE"]);
    expect(asked.map(({ name }) => name)).toEqual(["first"]);
  });

  it("closes the next route's connection when the caller hangs up meanwhile", async () => {
    plays = {
      first: breaks("is cut"),
      second: ({ response }) => {
        beginStream(response);
        response.write(": thinking\n\n");
      },
    };
    const caller = await stage.rawAsk(kind);
    await untilAsked("second");
    const hungUp = stage.provider.nextHangUp();

    caller.resetAndDestroy();

    await expect(hungUp).resolves.toBeGreaterThan(0);
  });

  it.each([
    ["a reset", (caller: Socket) => caller.resetAndDestroy()],
    ["a FIN", (caller: Socket) => caller.destroy()],
  ])(
    "blames nobody, and asks nobody else, when the caller hangs up while the next route speaks (%s)",
    async (_how, hangUp) => {
      // What earlier tests' calls ended well may be reported meanwhile.
      const failures = (): Promise<readonly number[]> =>
        Promise.all(["second", "third"].map(async (name) => failuresIn(await stage.outcomesOf(name))));
      let over: (() => void) | null = null;
      const isOver = new Promise<void>((resolve) => (over = resolve));
      plays = {
        first: breaks("is cut"),
        second: async ({ response, body }) => {
          beginStream(response);
          response.once("close", () => over?.());
          response.write(chunk(`${quoted(body)}and every one `));
          // A FIN shows only when something is written to who sent it.
          for (; !response.destroyed; await pause(20)) response.write(chunk("more "));
        },
        third: goesOn,
      };
      const before = await failures();
      const caller = await stage.rawAsk(kind);
      await new Promise(
        (resolve) => void caller.on("data", (data: Buffer) => data.includes("every one") && resolve(null)),
      );

      hangUp(caller);
      await isOver;
      await pause(300);

      expect(asked.map(({ name }) => name)).toEqual(["first", "second"]);
      expect(await failures()).toEqual(before);
    },
  );
});

describe("an in-band error after the first words", () => {
  it("is never seen on a checked stream: another route goes on", async () => {
    plays = { first: fails, second: goesOn };

    const text = await textOf(await stage.ask("check"));

    expect([saidIn(text), eventsIn(text).at(-1)]).toEqual([BEGINNING + REST, "DONE"]);
  });

  it("has reached the caller of a pumped one, and nothing is added to it", async () => {
    plays = { first: fails, second: goesOn };

    const events = eventsIn(await textOf(await stage.ask("pump")));

    expect(events.at(-1)).toMatchObject({ error: { type: "overloaded_error" } });
    expect(asked.map(({ name }) => name)).toEqual(["first"]);
  });
});

describe("a route that takes a prefill", () => {
  it("is given the answer so far as its own beginning, and is told nothing else", async () => {
    plays = { first: breaks("is cut"), "second-claude": ({ response }) => claude(response, ` ${REST}`) };

    const text = await textOf(await stage.ask("to-claude"));

    expect(saidIn(text)).toBe(BEGINNING + REST);
    expect(asked[1]?.body.messages.at(-1)).toEqual({ role: "assistant", content: BEGINNING.trimEnd() });
  });

  it("is asked in another way once it has refused one, and is not tried with one again", async () => {
    plays = { first: breaks("is cut"), "second-claude": refuses };

    const first = await textOf(await stage.ask("to-claude"));
    const again = await textOf(await stage.ask("to-claude"));

    expect([saidIn(first), saidIn(again)]).toEqual([BEGINNING + REST, BEGINNING + REST]);
    expect([first, again].join("")).not.toContain("prefill");
    expect(asked.map(({ name }) => name)).toEqual([
      "first",
      "second-claude",
      "second-claude",
      "first",
      "second-claude",
    ]);
  });
});

describe("a kind", () => {
  it('with "continue": false ends in an error event', async () => {
    plays = { first: breaks("is cut"), second: goesOn };

    const text = await textOf(await stage.ask("never"));

    expect([saidIn(text), eventsIn(text).at(-1)]).toEqual([BEGINNING, endsIn("stream_cut")]);
  });

  it('with "commit": "whole" fails over unseen, however late the answer breaks off', async () => {
    plays = { first: breaks("is cut"), second: ({ response }) => answer(response, "Another answer, and a whole one.") };

    const text = await textOf(await stage.ask("whole"));

    expect([saidIn(text), eventsIn(text).at(-1)]).toEqual(["Another answer, and a whole one.", "DONE"]);
  });
});

const Usage = z.object({ usage: z.object({ completion_tokens: z.number() }) });

const fails: Plays = async ({ response }) => {
  beginStream(response);
  response.write(chunk(BEGINNING));
  await pause(20);
  response.end('data: {"error":{"message":"Overloaded","type":"overloaded_error","code":null}}\n\n');
};

const refuses: Plays = ({ response, body }) => {
  if (body.messages.at(-1)?.role !== "assistant") return claude(response, quoted(body) + REST);
  const message =
    "This model does not support assistant message prefill. The conversation must end with a user message.";
  const error = { type: "invalid_request_error", message };
  response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ type: "error", error }));
};

async function untilAsked(name: string): Promise<void> {
  while (!asked.some((one) => one.name === name)) await pause(5);
}

function failuresIn(outcomes: readonly number[]): number {
  return outcomes.filter((outcome) => outcome === 0).length;
}
