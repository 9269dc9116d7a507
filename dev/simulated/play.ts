/**
 * Writes a script to a response at the model's pace and stops when the caller
 * hangs up. Paced against the clock rather than by a wait per event, so that
 * 2,000 events a second are possible with timers of one millisecond.
 */
import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { assertNever } from "../../src/lib/assert-never.ts";
import type { Step } from "./script.ts";

export interface Pace {
  /** 0: as fast as possible. */
  readonly tokensPerSecond: number;
}

export async function play(
  steps: readonly Step[],
  response: ServerResponse,
  pace: Pace,
  gone: AbortSignal,
  /** Called before the last act, so that our own cut is not taken for the caller's hang-up. */
  finishing: () => void,
): Promise<void> {
  let due = performance.now();
  for (const step of steps) {
    if (gone.aborted) return;
    switch (step.kind) {
      case "send":
        due += step.afterMs;
        due += pace.tokensPerSecond === 0 ? 0 : (step.tokens * 1000) / pace.tokensPerSecond;
        if (!(await waitUntil(due, gone))) return;
        await write(response, step.bytes);
        break;
      case "destroy":
        finishing();
        response.socket?.destroy();
        return;
      case "hang":
        return;
      case "repeat":
        while (await waitUntil((due += step.everyMs), gone)) await write(response, step.bytes);
        return;
      case "end":
        response.end();
        return;
      default:
        assertNever(step);
    }
  }
}

/** Returns whether the caller is still there. */
export async function waitUntil(due: number, gone: AbortSignal): Promise<boolean> {
  const ms = due - performance.now();
  if (ms < 1) return !gone.aborted;
  try {
    await wait(ms, undefined, { signal: gone });
    return true;
  } catch {
    // The caller has hung up; nothing is left to write to.
    return false;
  }
}

/** Resolves when the bytes have been handed to the kernel: a socket destroyed earlier would drop them. */
function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (bytes.length === 0 || response.destroyed) resolve();
    else response.write(bytes, () => resolve());
  });
}
