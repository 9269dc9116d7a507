/** What `/cold/run` and `/cold/failed` make of what was signed, rightly or wrongly, without a QStash between. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { sign } from "../../../dev/qstash/signature.ts";
import { verifyDelivery } from "../../../src/jobs/qstash-receiver.ts";
import { type ColdStage, coldStage, JOB_ID, KEYS, signedRequest } from "../../support/cold-stage.ts";

const MESSAGE = JSON.stringify({ job: JOB_ID, dispatch: 3 });

let stage: ColdStage;
beforeEach(() => {
  stage = coldStage();
});

describe("a delivery", () => {
  it.each(["ran", "put_off", "stale", "running", "settled", "unknown"] as const)(
    "is answered 200 whatever the job makes of it: %s",
    async (outcome) => {
      stage.job = { deliver: () => Promise.resolve(outcome) };
      const response = await stage.take(signedRequest("/cold/run", MESSAGE));

      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ outcome });
    },
  );
});

describe("a signed message that is not ours", () => {
  it.each([
    ["not JSON", "invalid_json"],
    ["[]", "invalid_request"],
    ['{"job":"job_1","dispatch":1}', "invalid_request"],
    [`{"job":"${JOB_ID}"}`, "invalid_request"],
    [`{"job":"${JOB_ID}","dispatch":-1}`, "invalid_request"],
    [`{"job":"${JOB_ID}","dispatch":1.5}`, "invalid_request"],
    [`{"job":"${JOB_ID}","dispatch":"1"}`, "invalid_request"],
  ])("is refused: %s", async (body, code) => {
    const response = await stage.take(signedRequest("/cold/run", body));

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code } });
    expect(stage.asked).toEqual([]);
  });

  it.each([
    "{}",
    JSON.stringify({ sourceBody: 7 }),
    JSON.stringify({ sourceBody: "%%%" }),
    JSON.stringify({ sourceBody: btoa("not JSON") }),
    JSON.stringify({ sourceBody: btoa('{"job":"job_1","dispatch":1}') }),
  ])("is refused as a failure callback: %s", async (body) => {
    expect((await stage.take(signedRequest("/cold/failed", body))).status).toBe(400);
    expect(stage.asked).toEqual([]);
  });
});

describe("where it was sent to", () => {
  it("is the public address where the map's owner named one, whatever the request was addressed to", async () => {
    const body = MESSAGE;
    const settings = { publicUrl: "https://calls.example.org" };
    const signed = {
      "upstash-signature": sign(KEYS.currentSigningKey, {
        url: "https://calls.example.org/cold/run",
        body: Buffer.from(body),
        now: Date.now(),
      }),
    };
    const there = new Request("http://internal:8787/cold/run", { method: "POST", headers: signed, body });

    expect((await stage.take(there, settings)).status).toBe(200);
    expect((await stage.take(signedRequest("/cold/run", body), settings)).status).toBe(401);
  });

  it("is one of the two paths: what was signed for the one is not taken at the other", async () => {
    const body = JSON.stringify({ sourceBody: btoa(MESSAGE) });
    const forRun = sign(KEYS.currentSigningKey, {
      url: "https://lisbon.example.com/cold/run",
      body: Buffer.from(body),
      now: Date.now(),
    });
    const url = "https://lisbon.example.com/cold/failed";

    const response = await stage.take(
      new Request(url, { method: "POST", headers: { "upstash-signature": forRun }, body }),
    );
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: "bad_signature", type: "authentication_error" } });
  });

  it("is nowhere in a Worker without QStash", async () => {
    const response = await stage.take(signedRequest("/cold/run", MESSAGE), { qstash: null });

    expect(response.status).toBe(404);
    expect(stage.asked).toEqual([]);
  });

  it.each([
    ["/cold/run", 4096],
    ["/cold/failed", 1024 * 1024],
  ])("%s takes no more than %i bytes: what is larger cannot be vouched for, signed or not", async (path, bytes) => {
    const body = " ".repeat(bytes + 1);
    const forged = new Request(`https://lisbon.example.com${path}`, {
      method: "POST",
      headers: { "upstash-signature": "bogus" },
      body,
    });
    for (const request of [forged, signedRequest(path, body)]) {
      const response = await stage.take(request);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { code: "bad_signature" } });
    }
    // One byte less is read, and its signature counts.
    expect((await stage.take(signedRequest(path, " ".repeat(bytes)))).status).toBe(400);
    expect(stage.asked).toEqual([]);
  });
});

describe("a signature", () => {
  const url = "https://lisbon.example.com/cold/run";
  const settings = KEYS;
  const claims = btoa(JSON.stringify({ iss: "Upstash", sub: url, exp: 4e9, nbf: 0, body: "" }));

  it.each([null, "", "x", "a.b.c", "ü", "a".repeat(100_000), `${btoa('{"alg":"none"}')}.${claims}.`])(
    "that is none is refused without a throw: %s",
    async (signature) => {
      expect(await verifyDelivery({ signature, body: MESSAGE, url, settings })).toBe(false);
    },
  );

  it("counts for neither key where one is missing, though the environment has others", async () => {
    vi.stubEnv("QSTASH_CURRENT_SIGNING_KEY", "sig_of_the_environment");
    vi.stubEnv("QSTASH_NEXT_SIGNING_KEY", "sig_of_the_environment");
    for (const empty of [
      { ...KEYS, currentSigningKey: "" },
      { ...KEYS, nextSigningKey: "" },
    ]) {
      for (const key of ["", "sig_of_the_environment"]) {
        const signature = sign(key, { url, body: Buffer.from(MESSAGE), now: Date.now() });
        expect(await verifyDelivery({ signature, body: MESSAGE, url, settings: empty })).toBe(false);
      }
    }
    vi.unstubAllEnvs();
  });

  it("by the published keys of the official development server is refused, whatever QSTASH_DEV says", async () => {
    vi.stubEnv("QSTASH_DEV", "true");
    const signature = sign("sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r", { url, body: Buffer.from(MESSAGE), now: Date.now() });

    expect(await verifyDelivery({ signature, body: MESSAGE, url, settings })).toBe(false);
    vi.unstubAllEnvs();
  });
});
