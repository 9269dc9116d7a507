/** Every fault of the simulated providers that an adapter gets to see, and what it makes of it. */
import { afterAll, describe, expect, it } from "vitest";
import { startSimulatedProviders } from "../../../dev/simulated/server.ts";
import type { FailureKind } from "../../../src/domain/failure.ts";
import type { ApiId } from "../../../src/domain/route.ts";
import { ask, type Outcome } from "../../support/simulated-call.ts";

const simulated = await startSimulatedProviders({ tokensPerSecond: 0, firstTokenMs: 0 });
afterAll(() => simulated.close());

const APIS: readonly ApiId[] = ["openai", "anthropic", "gemini", "bedrock"];

function meet(api: ApiId, fault: string, stream: boolean): Promise<Outcome> {
  const fields = { messages: [{ role: "user", content: "count to 40" }] };
  return ask({ api, url: simulated.url, model: `sim-large@${fault}`, stream }, fields);
}

describe.each(APIS)("a simulated %s", (api) => {
  describe.each([false, true])("streamed: %s", (stream) => {
    it.each<readonly [string, FailureKind]>([
      ["429", "rate_limited"],
      ["quota", "quota_exhausted"],
      ["500", "server_error"],
      ["529", "overloaded"],
      ["context", "context_overflow"],
      ["filter", "content_filtered"],
      ["filter:policy", "content_filtered"],
      ["credit", "credit_exhausted"],
      ["bad-key", "auth_failed"],
      ["model-missing", "model_not_found"],
      ["region", "region_blocked"],
      ["redirect", "redirected"],
      ["quota:own-limit", "quota_exhausted"],
      ["quota:account", "quota_exhausted"],
    ])("with %s fails as %s", async (fault, kind) => {
      const { failure } = await meet(api, fault, stream);
      expect(failure).toMatchObject({ kind });
      expect(failure?.detail).not.toMatch(/sk-sim/);
    });

    it("says when to come back", async () => {
      expect((await meet(api, "429:3", stream)).failure).toMatchObject({ kind: "rate_limited", retryAfterMs: 3000 });
    });
  });

  it("with 503 fails as an outage", async () => {
    expect(["overloaded", "server_error"]).toContain((await meet(api, "503", true)).failure?.kind);
  });

  it("that reports an error inside its 200 fails, before and after the first words", async () => {
    const before = await meet(api, "in-band-error:before", true);
    expect(before.failure).not.toBeNull();
    expect(before.text).toBe("");
    const after = await meet(api, "in-band-error:after", true);
    expect(after.failure).not.toBeNull();
    expect(after.text).not.toBe("");
    expect((await meet(api, "in-band-error", false)).failure).not.toBeNull();
  });

  it("with an empty answer says nothing, and unstreamed fails so", async () => {
    expect((await meet(api, "empty", false)).failure?.kind).toBe("empty_answer");
    expect(await meet(api, "empty", true)).toMatchObject({ text: "", calls: [] });
  });

  it("with a page instead of an answer is unreadable, or a stream without an end", async () => {
    expect((await meet(api, "html", false)).failure?.kind).toBe("unreadable");
    expect(await meet(api, "html", true)).toMatchObject({ text: "", finished: false });
  });

  it.each(["cut:2", "no-terminal", "cut-bytes:700"])("with %s is not finished", async (fault) => {
    expect((await meet(api, fault, true)).finished).toBe(false);
  });

  it("with a malformed event loses that event only", async () => {
    const healthy = await meet(api, "latency:0", true);
    const spoilt = await meet(api, "malformed:3", true);
    expect(spoilt).toMatchObject({ failure: null, finished: true, finish: "stop" });
    expect(spoilt.text.length).toBeGreaterThan(healthy.text.length / 2);
  });
});

describe("a quota of one model", () => {
  it("is told from one of the whole account at Gemini", async () => {
    expect((await meet("gemini", "quota", false)).failure?.oneModelOnly).toBe(true);
    expect((await meet("gemini", "quota:account", false)).failure?.oneModelOnly).toBeUndefined();
  });
});
