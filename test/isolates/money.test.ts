/** Money that twenty isolates share: one workerd, twenty Workers of the same code, one ledger. */
import * as z from "zod";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { HELLO } from "../support/hello-answer.ts";
import { startIsolates, type Isolates } from "../support/isolates.ts";
import { beginStream, chunk, startScriptedProvider, type ScriptedProvider } from "../support/scripted-provider.ts";
import { KEY_SECRET, serverKey } from "../support/server-keys.ts";

const ADMIN = { authorization: "Bearer the-admin-key-of-the-money", "content-type": "application/json" };
const ISOLATES = 20;
const Asked = z.object({ max_tokens: z.number().optional(), stream: z.boolean().optional() });
const Limits = z.object({
  budgets: z.array(
    z.object({ scope: z.string(), left_usd: z.number(), settled_usd: z.number(), given_usd: z.number() }),
  ),
  unaccounted: z.array(z.object({ slice: z.string(), scope: z.string(), given_usd: z.number() })),
});
const Refused = z.object({
  error: z.object({ code: z.string(), limit: z.string(), retry_after: z.number(), resets_in: z.number().optional() }),
});

let provider: ScriptedProvider;
let isolates: Isolates;
let urls: readonly string[] = [];
let asked: z.infer<typeof Asked>[] = [];

beforeAll(async () => {
  provider = await startScriptedProvider();
  isolates = await startIsolates({
    count: ISOLATES,
    routes: "test/fixtures/routes.money.json",
    bindings: {
      UPSTREAM_URL: provider.url,
      TEST_KEY: "provider-key",
      LISBON_KEY_SECRET: KEY_SECRET,
      LISBON_ADMIN_KEY: "the-admin-key-of-the-money",
      // A minute begins now: none ends while the requests of one are counted.
      CHAOS: "on",
      LISBON_CLOCK_AHEAD_MS: String(60_000 - (Date.now() % 60_000)),
    },
  });
  urls = isolates.workers.map(({ url }) => url);
}, 60_000);

beforeEach(() => {
  asked = [];
  provider.play((response, _request, body) => {
    asked.push(Asked.parse(JSON.parse(body)));
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(HELLO));
  });
});

afterAll(async () => {
  await isolates.dispose();
  await provider.close();
});

let calls = 0;

function call(
  tenant: string,
  isolate: number,
  more: object = { max_tokens: 1 },
  signal?: AbortSignal,
): Promise<Response> {
  const content = `hello ${(calls += 1)}`;
  return fetch(`${urls[isolate % ISOLATES]}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${serverKey(tenant)}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "draft-email", messages: [{ role: "user", content }], ...more }),
    ...(signal && { signal }),
  });
}

async function admin(path: string, body?: object): Promise<unknown> {
  const how = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`${urls[0]}${path}`, { ...how, headers: ADMIN });
  expect(response.status).toBe(200);
  return await response.json();
}

/** Within 5 s. */
async function everywhere(status: number): Promise<void> {
  for (const isolate of [0, 7, 19]) {
    await vi.waitFor(async () => expect((await call("changing", isolate)).status).toBe(status), {
      timeout: 5_000,
      interval: 200,
    });
  }
}

async function budgetOf(tenant: string) {
  const { budgets } = Limits.parse(await admin("/admin/limits"));
  return budgets.find(({ scope }) => scope === `tenant:${tenant}`);
}

describe("fifty calls at once, with money for ten", { timeout: 60_000 }, () => {
  it("cost ten and no cent more, whichever of twenty isolates they come to", async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, (_, at) => call("ten", at)));
    const bodies = await Promise.all(replies.map((reply) => reply.json()));
    const refused = bodies.filter((_, at) => replies[at]?.status === 429);

    expect(asked).toHaveLength(10);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(refused).toHaveLength(40);
    for (const body of refused) {
      const { error } = Refused.parse(body);
      expect(error).toMatchObject({ code: "budget_exhausted", limit: "tenant.monthlyUsd" });
      expect(error.resets_in).toBeLessThanOrEqual(31 * 86_400);
    }
    await vi.waitFor(async () => expect(await budgetOf("ten")).toMatchObject({ settled_usd: 10, left_usd: 0 }), {
      timeout: 20_000,
      interval: 500,
    });
    expect(await admin("/admin/spend?by=tenant,kind&tenant=ten")).toMatchObject({
      spend: [{ tenant: "ten", kind: "draft-email", requests: 10, completion_tokens: 10, usd: 10 }],
    });
  });

  it("never cost more where the callers hang up and nobody could say what was used", async () => {
    provider.play((response, _request, body) => {
      asked.push(Asked.parse(JSON.parse(body)));
      beginStream(response);
      // One word, and then silence: the caller does not wait for the rest.
      response.write(chunk("word "));
    });
    for (let round = 0; round < 5; round++) {
      await Promise.all(
        Array.from({ length: 10 }, async (_, at) => {
          const hangUp = new AbortController();
          try {
            const reply = await call("killed", round * 10 + at, { max_tokens: 1, stream: true }, hangUp.signal);
            if (reply.status === 200) await reply.body?.getReader().read();
          } finally {
            hangUp.abort();
          }
        }),
      );
    }
    expect(asked.length).toBeLessThanOrEqual(10);
    expect(asked.length).toBeGreaterThanOrEqual(9);
  });
});

describe("a call that a budget covers", { timeout: 30_000 }, () => {
  it("has a max_tokens, whether or not its caller said one", async () => {
    await admin("/admin/limits", { scope: "tenant:changing", limits: { monthlyUsd: 1_000_000 } });
    await vi.waitFor(
      async () => {
        asked = [];
        await (await call("changing", 3, {})).text();
        expect(asked).toEqual([{ max_tokens: 4_096 }]);
      },
      { timeout: 6_000, interval: 300 },
    );
    await (await call("changing", 3, { max_tokens: 7 })).text();
    expect(asked.at(-1)).toEqual({ max_tokens: 7 });
  });

  it("is refused at every isolate within 5 s of its limit's change, and let in again", async () => {
    const limits = (monthlyUsd: number | null) =>
      admin("/admin/limits", { scope: "tenant:changing", limits: { monthlyUsd } });
    await limits(0);
    await everywhere(429);
    await limits(null);
    await everywhere(200);
    const trail = JSON.stringify(await admin("/admin/audit?limit=5"));
    expect(trail).toContain("tenant:changing");
  });

  it.each([
    [{ scope: "everybody", limits: {} }, "scope"],
    [{ scope: "tenant:a", limits: { monthlyUsd: -1 } }, "limits.monthlyUsd"],
    [{ scope: "tenant:a", limits: { tokens: 1 } }, "limits"],
  ])("has no limit of %j: the field is named", async (body, param) => {
    const response = await fetch(`${urls[0]}/admin/limits`, {
      method: "POST",
      headers: ADMIN,
      body: JSON.stringify(body),
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param } });
  });
});

describe("requests per minute", { timeout: 30_000 }, () => {
  it("are refused with which limit and when to come back, everywhere within seconds", async () => {
    const first = await Promise.all(Array.from({ length: 12 }, () => call("calm", 4)));
    expect(first.filter(({ status }) => status === 200)).toHaveLength(5);
    const refused = first.find(({ status }) => status === 429);
    const { error } = Refused.parse(await refused?.json());
    expect(error).toMatchObject({ code: "limit_reached", limit: "tenant.requestsPerMinute" });
    expect(Number(refused?.headers.get("retry-after"))).toBeLessThanOrEqual(60);

    await vi.waitFor(async () => expect((await call("calm", 11)).status).toBe(429), { timeout: 5_000, interval: 300 });
  });
});
