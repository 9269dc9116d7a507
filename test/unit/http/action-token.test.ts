import { SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import { ACTIONS, linkTo, readAction, signAction } from "../../../src/http/action-token.ts";
import { JOB_ID, NIGHT_MS } from "../../support/parked-job.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const adminKey = "the-admin-key";
const reader = { adminKey, nowMs: NIGHT_MS };
const signed = { adminKey, jobId: JOB_ID, action: "answer", nowMs: NIGHT_MS } as const;

/** Signs what the code itself would not, with the true key. */
async function forged(
  change: (token: SignJWT) => SignJWT,
  key = `lisbon-act:${adminKey}`,
  alg = "HS256",
): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
  const token = new SignJWT({ action: "answer" })
    .setProtectedHeader({ alg })
    .setSubject(JOB_ID)
    .setAudience("lisbon-act")
    .setJti("one")
    .setExpirationTime(Math.floor(NIGHT_MS / 1000) + 60);
  return await change(token).sign(digest);
}

describe("a signed link", () => {
  it.each(ACTIONS)("carries the action %s for one job", async (action) => {
    const read = await readAction(await signAction({ ...signed, action }), reader);

    expect(read).toEqual({ ok: true, value: { jobId: JOB_ID, action, id: expect.stringMatching(/^[\da-f-]{36}$/) } });
  });

  it("has an id of its own each time", async () => {
    const [first, second] = await Promise.all([signAction(signed), signAction(signed)]);
    const ids = [await readAction(first, reader), await readAction(second, reader)].map(
      (read) => read.ok && read.value.id,
    );

    expect(new Set(ids).size).toBe(2);
  });

  it("works to the end of its 24 hours, and is called expired after them", async () => {
    const token = await signAction(signed);

    expect(await readAction(token, { adminKey, nowMs: NIGHT_MS + DAY_MS - 1000 })).toMatchObject({ ok: true });
    expect(await readAction(token, { adminKey, nowMs: NIGHT_MS + DAY_MS + 1000 })).toEqual({
      ok: false,
      failure: { kind: "link_expired" },
    });
  });

  it("is read by a machine whose clock is a minute behind", async () => {
    expect(await readAction(await signAction(signed), { adminKey, nowMs: NIGHT_MS - 60_000 })).toMatchObject({
      ok: true,
    });
  });

  it("is put whole into an address", async () => {
    const token = await signAction(signed);
    const url = new URL(linkTo({ origin: "https://lisbon.test", token }));

    expect(url.origin + url.pathname).toBe("https://lisbon.test/admin/act");
    expect(url.searchParams.get("token")).toBe(token);
    expect(url.href).not.toContain(adminKey);
  });
});

describe("refused is a token", () => {
  it("that the tests' own forger makes only as long as nothing is changed", async () => {
    expect(await readAction(await forged((token) => token), reader)).toMatchObject({ ok: true });
  });

  it.each<[string, () => Promise<string>]>([
    ["of another Worker's key", () => signAction({ ...signed, adminKey: "another-key" })],
    ["signed with the admin key itself", () => forged((token) => token, adminKey)],
    ["with another algorithm of the same key", () => forged((token) => token, undefined, "HS512")],
    ["of another use", () => forged((token) => token.setAudience("lisbon-push"))],
    ["of an action that there is not", () => forged(() => base({ action: "erase-everything" }))],
    ["without an action", () => forged(() => base({}))],
    ["without an end", () => forged(() => withoutEnd())],
    ["without an id", () => forged(() => withoutId())],
    ["of what is no job", () => forged((token) => token.setSubject("switchboard"))],
    ["that is empty", () => Promise.resolve("")],
    ["that is no token", () => Promise.resolve("a.b.c")],
    ["without a signature", () => Promise.resolve(unsigned())],
  ])("%s", async (_what, make) => {
    expect(await readAction(await make(), reader)).toEqual({ ok: false, failure: { kind: "link_invalid" } });
  });

  it("changed in any of its characters", async () => {
    const token = await signAction(signed);
    // The last character of a part holds bits that nobody reads.
    const places = Array.from(token).flatMap((char, at) =>
      char === "." || [undefined, "."].includes(token[at + 1]) ? [] : [at],
    );
    const changed = places.map((at) => token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1));
    const read = await Promise.all(changed.map((one) => readAction(one, reader)));

    expect(read.length).toBeGreaterThan(100);
    expect(read.filter(({ ok }) => ok)).toEqual([]);
  });

  it("expired and forged at once is not called expired: that would say that it was ours", async () => {
    const token = await signAction({ ...signed, adminKey: "another-key", nowMs: NIGHT_MS - 2 * DAY_MS });

    expect(await readAction(token, reader)).toEqual({ ok: false, failure: { kind: "link_invalid" } });
  });
});

function base(claims: Record<string, unknown>): SignJWT {
  return withoutEnd(claims).setExpirationTime(Math.floor(NIGHT_MS / 1000) + 60);
}

function withoutEnd(claims: Record<string, unknown> = { action: "answer" }): SignJWT {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(JOB_ID)
    .setAudience("lisbon-act")
    .setJti("one");
}

function withoutId(): SignJWT {
  return new SignJWT({ action: "answer" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(JOB_ID)
    .setAudience("lisbon-act")
    .setExpirationTime(Math.floor(NIGHT_MS / 1000) + 60);
}

function unsigned(): string {
  return new UnsecuredJWT({ action: "answer" })
    .setSubject(JOB_ID)
    .setAudience("lisbon-act")
    .setJti("one")
    .setExpirationTime(Math.floor(NIGHT_MS / 1000) + 60)
    .encode();
}
