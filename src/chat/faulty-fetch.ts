import type { InjectedFault } from "../domain/injected-fault.ts";
import { assertNever } from "../lib/assert-never.ts";
import type { Fetch } from "../lib/fetch.ts";

/** What a call meets in place of its provider, while a drill makes the route look ill. */
export function faultyFetch(fault: InjectedFault): Fetch {
  switch (fault) {
    case "unreachable":
      return () => Promise.reject(new Error("Network connection lost."));
    case "server_error":
      return () => Promise.resolve(Response.json({ error: { message: "an injected fault" } }, { status: 500 }));
    case "silent":
      return (_url, { signal }) => untilAborted(signal ?? null);
    default:
      return assertNever(fault);
  }
}

function untilAborted(signal: AbortSignal | null): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(new Error("aborted"));
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
