import { SignatureError } from "@upstash/qstash";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ManualClock } from "../../../dev/qstash/clock.ts";
import { sign } from "../../../dev/qstash/signature.ts";
import { type LocalQstash, startLocalQstash } from "../../../dev/qstash/server.ts";
import { CURRENT_KEY, errorOf, NEXT_KEY, startForTests } from "./setup.ts";

const { receiver, to, call } = await startForTests();

const Claims = z.object({
  iss: z.string(),
  sub: z.string(),
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
  jti: z.string(),
  body: z.string(),
});

const url = `${to}/run?a=1`;
const body = '{"job":1}';

/** The keys of `startForTests`, and a QStash whose clock stands at the real time. */
async function delivered(use?: (qstash: LocalQstash) => void | Promise<void>): Promise<string> {
  const qstash = await startLocalQstash({
    token: "t",
    currentSigningKey: CURRENT_KEY,
    nextSigningKey: NEXT_KEY,
    clock: new ManualClock(),
  });
  await use?.(qstash);
  await fetch(`${qstash.url}/v2/publish/${url}`, { method: "POST", headers: { authorization: "Bearer t" }, body });
  await qstash.settled();
  await qstash.close();
  return qstash.deliveries[0]?.headers["upstash-signature"] ?? "";
}

async function rotate({ url: qstashUrl }: LocalQstash): Promise<void> {
  await fetch(`${qstashUrl}/v2/keys/rotate`, { method: "POST", headers: { authorization: "Bearer t" } });
}

describe("the signature of a delivery", () => {
  it("is accepted by the official receiver", async () => {
    expect(await receiver.verify({ signature: await delivered(), body, url })).toBe(true);
  });

  it("is made with the next key after a rotation, and still accepted", async () => {
    expect(await receiver.verify({ signature: await delivered(rotate), body, url })).toBe(true);
  });

  it("is refused after two rotations", async () => {
    const signature = await delivered(async (qstash) => {
      await rotate(qstash);
      await rotate(qstash);
    });

    expect(await errorOf(receiver.verify({ signature, body, url }))).toBeInstanceOf(SignatureError);
  });

  it("is refused with another body", async () => {
    const verdict = receiver.verify({ signature: await delivered(), body: `${body} `, url });

    expect(await errorOf(verdict)).toMatchObject({ message: expect.stringContaining("body hash") });
  });

  it("is refused for another URL", async () => {
    const verdict = receiver.verify({ signature: await delivered(), body, url: `${to}/run` });

    expect(await errorOf(verdict)).toMatchObject({ message: expect.stringContaining("invalid subject") });
  });

  it("is refused once five minutes have passed", async () => {
    const now = Date.now() - 301_000;
    const signature = sign(NEXT_KEY, { url, body: Buffer.from(body), now });

    expect(await errorOf(receiver.verify({ signature, body, url }))).toMatchObject({
      message: expect.stringContaining('"exp"'),
    });
  });

  it("has the documented claims", async () => {
    const [header = "", claims = ""] = (await delivered()).split(".");
    const { iss, sub, iat, nbf, exp, jti } = Claims.parse(JSON.parse(Buffer.from(claims, "base64url").toString()));

    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({ alg: "HS256", typ: "JWT" });
    expect({ iss, sub, life: exp - iat, nbf }).toEqual({ iss: "Upstash", sub: url, life: 300, nbf: iat });
    expect(jti).toMatch(/^jwt_/);
  });
});

describe("the signing keys", () => {
  it("move up by one when rotated", async () => {
    const before: unknown = await (await call("GET", "/v2/keys")).json();
    const after: unknown = await (await call("POST", "/v2/keys/rotate")).json();

    expect(before).toMatchObject({ current: CURRENT_KEY, next: NEXT_KEY });
    expect(after).toMatchObject({ current: NEXT_KEY, next: expect.stringMatching(/^sig_/) });
  });
});
