import { type Fault, type InjectedFault, meetsFault, readFault } from "../domain/injected-fault.ts";
import type { ApiId } from "../domain/route.ts";
import { assertNever } from "../lib/assert-never.ts";
import { type Clock, wait } from "../lib/clock.ts";
import type { Fetch } from "../lib/fetch.ts";
import { emptyAnswer, garbage, shortened, untilAborted } from "./faulty-answer.ts";

export interface FaultyOptions {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly random: () => number;
  readonly api: ApiId;
  readonly stream: boolean;
}

/** What an attempt meets in place of its provider, or between the two, while a drill makes the route look ill. */
export function faultyFetch(text: InjectedFault, options: FaultyOptions): Fetch {
  const read = readFault(text);
  // What another version of the router wrote means nothing here.
  if (!read.ok || !meetsFault(read.value, options.random)) return options.fetch;
  return faulty(read.value, options);
}

function faulty({ name, amount }: Fault, { fetch: real, clock, api, stream }: FaultyOptions): Fetch {
  switch (name) {
    case "unreachable":
      return () => Promise.reject(new Error("Network connection lost."));
    case "server_error":
      return () => Promise.resolve(errorOf(500));
    // Anthropic's status: https://platform.claude.com/docs/en/api/errors
    case "overloaded":
      return () => Promise.resolve(errorOf(529));
    case "rate_limited":
      return () => Promise.resolve(errorOf(429, { "retry-after": String(amount) }));
    case "silent":
      return (_url, { signal }) => untilAborted(signal ?? null);
    case "slow":
      return async (url, init) => {
        await wait(clock, amount, init.signal ?? undefined);
        return await real(url, init);
      };
    case "cut":
    case "stall":
      return async (url, init) =>
        shortened(await real(url, init), { amount, ending: name, signal: init.signal ?? null });
    case "empty":
      return () => Promise.resolve(emptyAnswer(api, stream));
    case "garbage":
      return () => Promise.resolve(garbage());
    default:
      return assertNever(name);
  }
}

function errorOf(status: number, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { message: "an injected fault" } }, { status, headers });
}
