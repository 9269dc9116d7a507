import { describe, expect, it } from "vitest";
import { createIdleClock } from "../../../src/stream/idle-clock.ts";
import { createFakeClock } from "../../support/fake-clock.ts";

function started(idleMs: number) {
  const clock = createFakeClock();
  let idle = 0;
  const idleClock = createIdleClock(clock, idleMs, () => idle++);
  return { clock, idleClock, fired: () => idle };
}

describe("the idle clock", () => {
  it("fires once no content came for so long", async () => {
    const { clock, fired } = started(1_000);

    await clock.advance(999);
    expect(fired()).toBe(0);
    await clock.advance(1);

    expect(fired()).toBe(1);
  });

  it("starts again at each content", async () => {
    const { clock, idleClock, fired } = started(1_000);
    for (let beat = 0; beat < 5; beat++) {
      await clock.advance(800);
      idleClock.listen(clock.now());
    }
    expect(fired()).toBe(0);

    await clock.advance(1_000);

    expect(fired()).toBe(1);
  });

  it("is not fooled by listening without content", async () => {
    const { clock, idleClock, fired } = started(1_000);
    const content = clock.now();
    for (let beat = 0; beat < 9; beat++) {
      await clock.advance(100);
      idleClock.listen(content);
    }

    await clock.advance(100);

    expect(fired()).toBe(1);
  });

  it("does not count the time that a slow caller takes", async () => {
    const { clock, idleClock, fired } = started(1_000);
    await clock.advance(500);
    idleClock.pause();
    await clock.advance(60_000);
    idleClock.listen(0);

    await clock.advance(499);
    expect(fired()).toBe(0);
    await clock.advance(1);

    expect(fired()).toBe(1);
  });
});
