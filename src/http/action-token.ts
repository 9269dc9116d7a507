/**
 * The signed link of a notice: one action on one job, for a day. The token
 * authorises by itself, so that whoever is woken needs no key on the phone. It
 * carries an id of its own, which the job remembers: it works once.
 */
import { errors, jwtVerify, SignJWT } from "jose";
import * as z from "zod/mini";
import { isJobId } from "../jobs/job-ids.ts";
import { fail, ok, type Result } from "../lib/result.ts";

export const ACTIONS = ["answer", "retry", "cancel", "view"] as const;
export type Action = (typeof ACTIONS)[number];

export interface SignedAction {
  readonly jobId: string;
  readonly action: Action;
  /** What the job remembers, once it was used. */
  readonly id: string;
}

/** `link_invalid`: cut off, forged, or signed with an admin key that is no longer this Worker's. */
export type LinkRefused = { readonly kind: "link_expired" } | { readonly kind: "link_invalid" };

interface ToSign {
  readonly adminKey: string;
  readonly jobId: string;
  readonly action: Action;
  readonly nowMs: number;
}

const LIFE_SECONDS = 24 * 60 * 60;
const AUDIENCE = "lisbon-act";
const ALGORITHM = "HS256";

const Claims = z.object({
  sub: z.string().check(z.refine(isJobId)),
  action: z.enum(ACTIONS),
  jti: z.string().check(z.minLength(1)),
});

export async function signAction({ adminKey, jobId, action, nowMs }: ToSign): Promise<string> {
  const nowSeconds = Math.floor(nowMs / 1000);
  return await new SignJWT({ action })
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(jobId)
    .setAudience(AUDIENCE)
    .setJti(crypto.randomUUID())
    .setExpirationTime(nowSeconds + LIFE_SECONDS)
    .sign(await keyOf(adminKey));
}

export async function readAction(
  token: string,
  { adminKey, nowMs }: { readonly adminKey: string; readonly nowMs: number },
): Promise<Result<SignedAction, LinkRefused>> {
  const key = await keyOf(adminKey);
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      audience: AUDIENCE,
      currentDate: new Date(nowMs),
      requiredClaims: ["exp"],
    });
    const claims = Claims.safeParse(payload);
    if (!claims.success) return fail({ kind: "link_invalid" });
    return ok({ jobId: claims.data.sub, action: claims.data.action, id: claims.data.jti });
  } catch (cause) {
    // The signature is looked at first: only a link that was really ours is called expired.
    return fail({ kind: cause instanceof errors.JWTExpired ? "link_expired" : "link_invalid" });
  }
}

/** Where a notice's reader goes. */
export function linkTo({ origin, token }: { readonly origin: string; readonly token: string }): string {
  return `${origin}/admin/act?token=${encodeURIComponent(token)}`;
}

/** Not the admin key itself: that one signs nothing, so no link says anything about it. */
async function keyOf(adminKey: string): Promise<Uint8Array> {
  const seed = new TextEncoder().encode(`lisbon-act:${adminKey}`);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", seed));
}
