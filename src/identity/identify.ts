/**
 * Who presents this? A server key, a client token or an identity of the app's
 * own. What was found right is remembered for a moment, so that a warm call
 * pays no signature check.
 */
import { decodeJwt, decodeProtectedHeader } from "jose";
import type { Caller } from "../domain/caller.ts";
import type { IdentityProvider } from "../domain/identity-provider.ts";
import type { Refusal } from "../domain/refusal.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { SealKeys } from "./answer-id.ts";
import { readClientToken } from "./client-token.ts";
import type { KeySetOutside, KeySets } from "./key-sets.ts";
import { readOutsideToken } from "./outside-token.ts";
import { readServerKey } from "./server-key.ts";
import { SKEW_SECONDS, type Verdict, type Verified } from "./verdict.ts";

/** Plain data that an isolate keeps. Changed in place. */
export interface IdentityMemory {
  /** By what was presented. */
  readonly verified: Map<string, Verified>;
  readonly keySets: KeySets;
  readonly sealKeys: SealKeys;
}

export function emptyIdentityMemory(): IdentityMemory {
  return { verified: new Map(), keySets: new Map(), sealKeys: new Map() };
}

export interface IdentityOutside extends Omit<KeySetOutside, "keySets"> {
  readonly memory: IdentityMemory;
  /** Of the Worker's own keys; the first signs. None: no key of ours can be right. */
  readonly secrets: readonly string[];
  readonly providers: readonly IdentityProvider[];
}

/** A signature is looked at again after this. */
const REMEMBERED_MS = 60_000;
/** Each holds what was presented, some 300 to 1,000 characters. */
const MOST_REMEMBERED = 1_000;
/** Longer than any token that a server would take in a header. */
const MOST_CHARS = 8_192;

/** At once where it was presented a moment ago. */
export function identify(
  presented: string,
  outside: IdentityOutside,
): Result<Caller, Refusal> | Promise<Result<Caller, Refusal>> {
  const known = outside.memory.verified.get(presented);
  if (known !== undefined && outside.clock.now() < known.untilMs) return ok(known.caller);
  return verify(presented, outside);
}

async function verify(presented: string, outside: IdentityOutside): Promise<Result<Caller, Refusal>> {
  const verdict = await judge(presented, outside);
  if (!verdict.ok) return verdict;
  remember(presented, verdict.value, outside);
  return ok(verdict.value.caller);
}

async function judge(presented: string, outside: IdentityOutside): Promise<Verdict> {
  const { secrets, providers, clock, fetch, memory } = outside;
  if (presented === "" || presented.length > MOST_CHARS) return fail({ kind: "unauthorized" });
  if (presented.startsWith("lsb_")) return await byServerKey(presented, outside);
  const read = readUnverified(presented);
  if (read === null) return fail({ kind: "unauthorized" });
  const provider = providers.find(({ issuer }) => issuer === read.issuer);
  if (provider === undefined) {
    return await readClientToken(presented, read.keyId, { secrets, nowMs: clock.now() });
  }
  return await readOutsideToken(presented, read.keyId, provider, { keySets: memory.keySets, fetch, clock });
}

async function byServerKey(presented: string, { secrets }: IdentityOutside): Promise<Verdict> {
  const name = await readServerKey(presented, secrets);
  if (name === null) return fail({ kind: "unauthorized" });
  const caller: Caller = {
    tenant: name.tenant,
    user: null,
    by: "server_key",
    keyId: name.id,
    kinds: null,
    maxTokens: null,
    origins: null,
    token: null,
  };
  return ok({ caller, untilMs: Infinity });
}

/** Of a token that nobody has verified yet: it only says whose keys to look at. Null: it is no token. */
function readUnverified(token: string): { readonly keyId: string; readonly issuer: string | null } | null {
  try {
    return { keyId: decodeProtectedHeader(token).kid ?? "", issuer: decodeJwt(token).iss ?? null };
  } catch {
    return null;
  }
}

function remember(
  presented: string,
  { caller, untilMs }: Verified,
  { memory: { verified }, clock }: IdentityOutside,
): void {
  const now = clock.now();
  verified.delete(presented);
  verified.set(presented, { caller, untilMs: Math.min(untilMs + SKEW_SECONDS * 1000, now + REMEMBERED_MS) });
  if (verified.size <= MOST_REMEMBERED) return;
  const [oldest] = verified.keys();
  if (oldest !== undefined) verified.delete(oldest);
}
