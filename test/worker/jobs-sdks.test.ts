/** What the contract tests show in Node holds in workerd: QStash's client and receiver and the webhooks library run there. */
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createCallbackSender } from "../../src/jobs/callback-sender.ts";
import { callbackUrlProblem } from "../../src/jobs/callback-url.ts";
import { emptyLearntLimits } from "../../src/jobs/qstash-limits.ts";
import { createQstashPublisher } from "../../src/jobs/qstash-publisher.ts";
import { verifyDelivery } from "../../src/jobs/qstash-receiver.ts";
import { realClock } from "../../src/lib/clock.ts";

const JOB = `job_${"0c".repeat(16)}`;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("in workerd", () => {
  it("QStash's client publishes, and what it refuses becomes a value", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const sent: Request[] = [];
    const answers = [
      Response.json({ error: "quota maxRetries exceeded, current limit: 2" }, { status: 412 }),
      Response.json({ messageId: "msg_1" }),
      new Response("", { status: 429 }),
    ];
    vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
      sent.push(new Request(input, init));
      return Promise.resolve(answers.shift() ?? new Response("", { status: 500 }));
    });
    const learnt = emptyLearntLimits();
    const publisher = createQstashPublisher({
      settings: { url: "https://qstash.example.com", token: "token" },
      cold: { queue: "cold", parallelism: 4 },
      learnt,
      clock: realClock,
      tell: () => undefined,
    });
    const dispatch = { jobId: JOB, dispatch: 1, notBeforeMs: null, origin: "https://lisbon.example.com" };

    expect(await publisher.publish(dispatch)).toEqual({ ok: true, messageId: "msg_1" });
    expect(await publisher.publish(dispatch)).toMatchObject({ ok: false, why: "away" });
    expect(sent.map(({ url }) => url)).toEqual(
      Array.from({ length: 3 }, () => "https://qstash.example.com/v2/publish/https://lisbon.example.com/cold/run"),
    );
    expect(sent.map(({ headers }) => headers.get("upstash-retries"))).toEqual(["3", "2", "2"]);
    expect(await sent[1]?.json()).toEqual({ job: JOB, dispatch: 1 });
    expect(learnt.maxRetries).toBe(2);
  });

  it("QStash's receiver tells a true delivery from a false one", async () => {
    const url = "https://lisbon.example.com/cold/run";
    const body = `{"job":"${JOB}","dispatch":1}`;
    const settings = { currentSigningKey: "sig_current", nextSigningKey: "sig_next" };
    const verify = (signature: string, text = body): Promise<boolean> =>
      verifyDelivery({ signature, body: text, url, settings });

    expect(await verify(await signed("sig_current", url, body))).toBe(true);
    expect(await verify(await signed("sig_next", url, body))).toBe(true);
    expect(await verify(await signed("sig_other", url, body))).toBe(false);
    expect(await verify(await signed("sig_current", `${url}?`, body))).toBe(false);
    expect(await verify(await signed("sig_current", url, body), `${body} `)).toBe(false);
  });

  it("a callback is signed so that the library takes it", async () => {
    const secret = `whsec_${btoa("a secret of thirty-two characters")}`;
    let sent: Request | undefined;
    const sender = createCallbackSender({
      signingSecret: secret,
      fetch: (url, init) => {
        sent = new Request(url, init);
        return Promise.resolve(new Response(null, { status: 204 }));
      },
      clock: realClock,
      ownHosts: [],
      development: false,
    });
    const body = '{"type":"job.answered"}';

    expect(await sender.send({ url: "https://hooks.example.com/done", messageId: "msg_1", body })).toEqual({
      kind: "delivered",
    });
    expect(new Webhook(secret).verify((await sent?.text()) ?? "", Object.fromEntries(sent?.headers ?? []))).toEqual({
      type: "job.answered",
    });
  });

  it.each(["https://2130706433/", "https://0x7f.1/", "https://[::ffff:127.0.0.1]/", "https://１２７.0.0.1/"])(
    "the URL parser shows %s for the address that it is",
    (url) => {
      expect(callbackUrlProblem(url, { ownHosts: [], development: false })).toBe("must name a host, not an address");
    },
  );
});

/** https://upstash.com/docs/qstash/howto/signature */
async function signed(key: string, sub: string, body: string): Promise<string> {
  const seconds = Math.floor(Date.now() / 1000);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const claims = { iss: "Upstash", sub, exp: seconds + 300, nbf: seconds, iat: seconds, body: base64Url(hash) };
  const text = [{ alg: "HS256", typ: "JWT" }, claims].map((part) => base64Url(JSON.stringify(part))).join(".");
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const signer = await crypto.subtle.importKey("raw", new TextEncoder().encode(key), hmac, false, ["sign"]);
  return `${text}.${base64Url(await crypto.subtle.sign("HMAC", signer, new TextEncoder().encode(text)))}`;
}

function base64Url(value: ArrayBuffer | string): string {
  const text = typeof value === "string" ? value : String.fromCodePoint(...new Uint8Array(value));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
