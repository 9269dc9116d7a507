import { wait } from "../../src/lib/clock.ts";
import type { FakeClock } from "./fake-clock.ts";
import type { FakeProvider } from "./spine.ts";

/** Events to send, a time to wait, or what becomes of the connection in place of a clean end: `CUT`, `HANG`. */
export type Step = string | number;

/** A provider's stream, step by step. `asked`: the bodies of the requests that it got. */
export function plays(
  steps: readonly Step[],
  asked: Record<string, unknown>[] = [],
  clock?: () => FakeClock,
): FakeProvider {
  return ({ signal, body }) => {
    asked.push(body);
    let at = 0;
    const stream = new ReadableStream({
      type: "bytes",
      start(controller) {
        signal.addEventListener("abort", () => controller.error(new Error("aborted")), { once: true });
      },
      async pull(controller) {
        const step = steps[at++];
        if (typeof step === "number") await wait(clock?.() ?? never, step, signal);
        if (signal.aborted) return;
        if (step === undefined) {
          controller.close();
          controller.byobRequest?.respond(0);
        } else if (step === "CUT") controller.error(new Error("cut"));
        else if (step === "HANG") await new Promise(() => undefined);
        else controller.enqueue(new TextEncoder().encode(typeof step === "number" ? ": awake\n\n" : step));
      },
    });
    return Promise.resolve(new Response(stream, { headers: { "content-type": "text/event-stream" } }));
  };
}

const never = { now: () => 0, after: () => () => undefined };
