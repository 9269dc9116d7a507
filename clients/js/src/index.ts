/**
 * The client for pages, phones and servers: what a plain `fetch` to the router
 * lacks. Start reading at `lisbonFetch`; each step is the file beside it.
 */
import { type Clock, realClock } from "../../../src/lib/clock.ts";
import { askUntilAnswered, triesOf } from "./ask-again.ts";
import { routerAsker } from "./ask-router.ts";
import { apiUrlOf } from "./base-url.ts";
import { callKeys } from "./call-keys.ts";
import { type Credentials, fixedKey, type GetToken, type GivenToken, renewedTokens } from "./credentials.ts";
import { followed, isParked } from "./follow-job.ts";
import { type Job, type JobHandle, jobHandle } from "./jobs.ts";
import { LisbonError } from "./lisbon-error.ts";
import type { Notice } from "./notice.ts";
import { type Fetch, type FetchInput, idempotencyKeyOf, readCall, type RouterCall, urlOf } from "./router-call.ts";
import { isResumable, seamless } from "./seamless-stream.ts";

export { type Fetch, type GivenToken, type Job, type JobHandle, LisbonError, type Notice };

export type LisbonOptions = {
  /** `https://router.example.com`, with or without `/v1`. */
  readonly baseURL: string;
  /**
   * Each call that changes something gets an `Idempotency-Key`, so that it survives a lost connection. Such calls are
   * run by their jobs and start a little later, so it is off by default; a call that brings a key of its own is
   * resumed either way.
   */
  readonly resume?: boolean;
  /** A call that is parked is followed to its answer. */
  readonly followJobs?: boolean;
  /** So often one call is asked again after its connection was lost. 5 by default. */
  readonly mostResumes?: number;
  readonly onNotice?: (notice: Notice) => void;
  /** The platform's by default. */
  readonly fetch?: Fetch;
  /** The real one by default; tests bring their own. */
  readonly clock?: Clock;
} & (
  | {
      /** A server's key: never in a page that strangers open. */
      readonly key: string;
    }
  | {
      /** Asks the app's own backend for a short-lived token. */
      readonly getToken: GetToken;
    }
);

export interface Lisbon {
  /** To be handed to an official SDK; what does not go to the router is left alone. */
  readonly fetch: Fetch;
  readonly job: (id: string) => JobHandle;
}

export function createLisbon(options: LisbonOptions): Lisbon {
  const { resume = false, followJobs = false, mostResumes = 5, onNotice = () => undefined } = options;
  const clock = options.clock ?? realClock;
  // Called as a function of its own: a page's `fetch` refuses any other `this`.
  const plainFetch: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const apiUrl = apiUrlOf(options.baseURL);
  const ask = routerAsker({ credentials: credentialsOf(options, clock), fetch: plainFetch, onNotice });
  const patience = { clock, mostResumes };
  const jobs = { apiUrl, ask, patience };
  const keys = callKeys();

  async function lisbonFetch(input: FetchInput, init?: RequestInit): Promise<Response> {
    if (!urlOf(input).startsWith(`${apiUrl}/`)) return await plainFetch(input, init);
    const given = await readCall(input, init);
    const call = resume ? keys.withKey(given) : given;
    const response = idempotencyKeyOf(call) === null ? await ask(call) : await askResumably(call);
    return followJobs && isParked(response) ? await followed(response, call, jobs) : response;
  }

  async function askResumably(call: RouterCall): Promise<Response> {
    const tries = triesOf(call.signal, patience);
    const response = await askUntilAnswered(call, tries, ask);
    return isResumable(response) ? seamless(response, { call, tries, ask, clock }) : response;
  }

  return { fetch: lisbonFetch, job: (id) => jobHandle(id, jobs) };
}

function credentialsOf(options: LisbonOptions, clock: Clock): Credentials {
  return "key" in options ? fixedKey(options.key) : renewedTokens(options.getToken, clock);
}
