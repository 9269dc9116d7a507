/**
 * What is sent as `Authorization: Bearer`: a key that is always the same, or a
 * short-lived token that the app's own backend hands out. All calls share one
 * token and one renewal; it is renewed shortly before it expires, and when the
 * router refuses it.
 */
import type { Clock } from "../../../src/lib/clock.ts";
import { LisbonError } from "./lisbon-error.ts";

/** As `POST /v1/tokens` answers, or the token alone: then it is used until the router refuses it. */
export type GivenToken = string | { readonly token: string; readonly expires_at: string };

export type GetToken = () => Promise<GivenToken>;

export interface Credentials {
  current(): Promise<string>;
  /** One that is newer than `refused`; null: there is never another. */
  newerThan(refused: string): Promise<string> | null;
}

export function fixedKey(key: string): Credentials {
  return { current: () => Promise.resolve(key), newerThan: () => null };
}

/** Long enough for a call to be on its way before the token ends. */
const RENEW_BEFORE_MS = 30_000;

interface HeldToken {
  readonly token: string;
  /** Infinity: nobody said. */
  readonly expiresAtMs: number;
}

export function renewedTokens(getToken: GetToken, clock: Clock): Credentials {
  let held: HeldToken | null = null;
  let renewal: Promise<HeldToken> | null = null;

  return {
    async current() {
      if (held !== null && held.expiresAtMs - RENEW_BEFORE_MS > clock.now()) return held.token;
      const before = held;
      try {
        return (await renew()).token;
      } catch (cause) {
        // The backend is away for a moment: the old token has some seconds left.
        if (before !== null && before.expiresAtMs > clock.now()) return before.token;
        throw cause;
      }
    },
    async newerThan(refused) {
      // Another call was refused before this one, and has renewed it already.
      if (renewal === null && held !== null && held.token !== refused) return held.token;
      return (await renew()).token;
    },
  };

  function renew(): Promise<HeldToken> {
    renewal ??= fetched().finally(() => {
      renewal = null;
    });
    return renewal;
  }

  async function fetched(): Promise<HeldToken> {
    try {
      held = heldOf(await getToken());
    } catch (cause) {
      throw new LisbonError({ code: "token_unavailable", message: "The app's backend gave no token.", cause });
    }
    return held;
  }
}

function heldOf(given: GivenToken): HeldToken {
  if (typeof given === "string") return { token: given, expiresAtMs: Infinity };
  const expiresAtMs = Date.parse(given.expires_at);
  return { token: given.token, expiresAtMs: Number.isNaN(expiresAtMs) ? Infinity : expiresAtMs };
}
