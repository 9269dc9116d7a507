import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginStream, chunk, DONE, pause } from "../support/scripted-provider.ts";
import { endsIn, eventsIn, textOf, startStreamStage, type StreamStage } from "../support/stream-stage.ts";

let stage: StreamStage;

beforeAll(async () => {
  stage = await startStreamStage();
});

afterAll(() => stage.dispose());

describe.each(["patient-pump", "patient-check"])("a caller that reads slowly (%s)", (kind) => {
  const words = Array.from({ length: 40_000 }, (_, at) => chunk(` word-${at}`)).join("");

  it.each([
    ["cut", "stream_cut"],
    ["whole", null],
  ] as const)(
    "gets every byte that was there when the stream is %s",
    async (how, code) => {
      stage.provider.play(async (response) => {
        beginStream(response);
        response.write(chunk("Hello") + words);
        await pause(300);
        if (how === "cut") response.destroy();
        else response.end(chunk("", "stop") + DONE);
      });

      const response = await stage.ask(kind);
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
    const play = (response: ServerResponse): void => {
      beginStream(response);
      if (sent !== "") response.write(sent);
    };

    expect(await fastestHangUp(kind, true, play)).toBeLessThan(100);
  });

  it("while an unstreamed answer is made closes the provider's connection", async () => {
    expect(await fastestHangUp("patient-pump", false, () => undefined)).toBeLessThan(100);
  });

  it("blames nobody", async () => {
    const before = await stage.outcomesOf("patient");
    for (let hangUps = 0; hangUps < 6; hangUps++) {
      const asked = new Promise<void>((resolve) =>
        stage.provider.play((response) => {
          beginStream(response);
          response.write(chunk("Hello"));
          resolve();
        }),
      );
      const gone = stage.provider.nextHangUp();
      const socket = await stage.rawAsk("patient-pump");
      await asked;
      socket.resetAndDestroy();
      await gone;
    }
    stage.provider.play((response) => {
      beginStream(response);
      response.end(chunk("Hello", "stop") + DONE);
    });
    // Successes ride in the report of a later call, at most once a second.
    await expect
      .poll(
        async () => {
          await textOf(await stage.ask("patient-pump"));
          return await stage.outcomesOf("patient");
        },
        { interval: 300 },
      )
      .not.toEqual(before);

    expect(failuresIn(await stage.outcomesOf("patient"))).toBe(failuresIn(before));
  });
});

describe("a caller that stops reading", () => {
  it("has its stream ended once it holds maxStreamBytes, so that it cannot take the isolate's memory", async () => {
    let written = 0;
    const over = new Promise<void>((resolve) => {
      stage.provider.play((response) => {
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
    const socket = await stage.rawAsk("patient-pump");
    socket.pause();
    await over;

    expect(written).toBeLessThan(60_000_000);
    socket.destroy();
    const still = await fetch(`${stage.url}/health`);
    expect(still.status).toBe(200);
    await still.text();
  }, 30_000);
});

/** In ms: the fastest of three, for whatever else the machine does makes one slower. All of them must come. */
async function fastestHangUp(kind: string, stream: boolean, play: (response: ServerResponse) => void) {
  const took: number[] = [];
  for (let time = 0; time < 3; time++) {
    const asked = new Promise<void>((resolve) =>
      stage.provider.play((response) => {
        play(response);
        resolve();
      }),
    );
    const hangUp = stage.provider.nextHangUp();
    const socket = await stage.rawAsk(kind, stream);
    await asked;
    await pause(100);
    const at = Date.now();
    socket.resetAndDestroy();
    took.push((await hangUp) - at);
  }
  return Math.min(...took);
}

function failuresIn(outcomes: readonly number[]): number {
  return outcomes.filter((outcome) => outcome === 0).length;
}
