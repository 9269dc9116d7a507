import { describe, expect, it } from "vitest";
import { createWatchdog } from "../../../src/lib/watchdog.ts";
import { createFakeClock } from "../../support/fake-clock.ts";

describe("a watchdog", () => {
  it("aborts when its clock runs out, and says which it was", async () => {
    const clock = createFakeClock();
    const watchdog = createWatchdog(clock, new AbortController().signal);
    watchdog.arm({ limitMs: 100, name: "headersMs" });

    await clock.advance(99);
    expect(watchdog.signal.aborted).toBe(false);
    await clock.advance(1);

    expect(watchdog.signal.aborted).toBe(true);
    expect(watchdog.expired()).toBe("headersMs");
  });

  it("has one clock: a new one takes the old one back", async () => {
    const clock = createFakeClock();
    const watchdog = createWatchdog(clock, new AbortController().signal);
    watchdog.arm({ limitMs: 100, name: "headersMs" });
    watchdog.arm({ limitMs: 1_000, name: "firstTokenMs" });

    await clock.advance(500);

    expect(watchdog.signal.aborted).toBe(false);
  });

  it("aborts when the caller hangs up, and no clock is to blame", () => {
    const caller = new AbortController();
    const watchdog = createWatchdog(createFakeClock(), caller.signal);

    caller.abort();

    expect(watchdog.signal.aborted).toBe(true);
    expect(watchdog.expired()).toBeNull();
  });

  it("keeps quiet once disarmed", async () => {
    const clock = createFakeClock();
    const watchdog = createWatchdog(clock, new AbortController().signal);
    watchdog.arm({ limitMs: 100, name: "headersMs" });
    watchdog.disarm();

    await clock.advance(1_000);

    expect(watchdog.signal.aborted).toBe(false);
  });
});
