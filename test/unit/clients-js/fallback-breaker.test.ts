/** When a router that was away is left alone, and when it is asked again. */
import { describe, expect, it } from "vitest";
import type { FallbackOptions } from "../../../clients/js/src/server.ts";
import { process, silent } from "./fallback-stage.ts";
import { answers, CHAT, completion, refusesConnections, thrownBy } from "./stage.ts";

describe("the router's breaker", () => {
  const FAILURES = 5;

  async function opened(more: Partial<FallbackOptions> = {}) {
    const stage = process({ router: refusesConnections }, more);
    for (let failure = 0; failure < FAILURES; failure++) await stage.ask();
    stage.asked.length = 0;
    return stage;
  }

  it("opens after five failures in a row, and the router is left alone for 30 s", async () => {
    const { ask, asked, clock } = await opened();
    await ask();
    await clock.advance(29_000);
    await ask();

    expect(asked).toEqual(["one", "one"]);
  });

  it("lets one call ask it again, and all once it has answered", async () => {
    const { ask, asked, clock, play } = await opened();
    await clock.advance(30_000);
    await ask();
    await ask();
    expect(asked).toEqual(["router", "one", "one"]);

    play("router", () => answers("back"));
    await clock.advance(30_000);
    const [first, second] = [await ask(), await ask()];

    expect(await first.json()).toEqual(completion("back"));
    expect(second.headers.has("x-lisbon-fallback")).toBe(false);
    expect(asked.slice(3)).toEqual(["router", "router"]);
  });

  it("sends no second call to it while the first is under way", async () => {
    const { ask, asked, clock, fetch, play } = await opened();
    const answer = Promise.withResolvers<Response>();
    play("router", () => answer.promise);
    await clock.advance(30_000);
    const asking = fetch(CHAT, { method: "POST", body: JSON.stringify({ model: "auto", messages: [] }) });
    await ask();
    answer.resolve(answers("back"));

    expect(await (await asking).json()).toEqual(completion("back"));
    expect(asked).toEqual(["router", "one"]);
  });

  it("asks again with the next call where the one that asked was hung up", async () => {
    const { ask, asked, clock, play } = await opened();
    const hangUp = new AbortController();
    play("router", silent);
    await clock.advance(30_000);
    clock.after(10, () => hangUp.abort());
    await thrownBy(ask({}, {}, hangUp.signal));
    play("router", () => answers("back"));

    expect(await (await ask()).json()).toEqual(completion("back"));
    expect(asked).toEqual(["router", "router"]);
  });

  it("counts no failures that a success came between", async () => {
    const stage = process({ router: refusesConnections });
    for (let failure = 1; failure < FAILURES; failure++) await stage.ask();
    stage.play("router", () => answers());
    await stage.ask();
    stage.play("router", refusesConnections);
    await stage.ask();
    stage.asked.length = 0;
    await stage.ask();

    expect(stage.asked).toEqual(["router", "one"]);
  });
});
