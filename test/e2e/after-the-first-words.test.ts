/**
 * After the first words nothing can be taken back. Where nobody is to go on (`"continue": false`), the official SDK
 * throws, and half an answer never ends as a whole one.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RouteEntry } from "../../src/routing/map-routes.ts";
import { ask, type Asked } from "../support/asked.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

const WHOLE = Array.from({ length: 60 }, (_, place) => String(place + 1)).join(" ");

interface Break {
  /** The simulated fault; the route's model asks for it. */
  readonly fault: string;
  /** What the SDK throws, by the way in which the stream reaches the caller; null: nothing, the answer is whole. */
  readonly pumped: Thrown | null;
  readonly checked: Thrown | null;
  readonly anthropic: Thrown | null;
  readonly gemini: Thrown | null;
}

/** The code of the error event. */
type Thrown = string;

const all = (code: Thrown | null) => ({ pumped: code, checked: code, anthropic: code, gemini: code });

const BREAKS: readonly Break[] = [
  { fault: "cut:3", ...all("stream_cut") },
  { fault: "cut-bytes:1500", ...all("stream_cut") },
  { fault: "stall:3", ...all("stream_stalled") },
  { fault: "no-terminal", ...all("stream_cut") },
  // The reason to end has come: all was said, and the caller gets the terminal event from us.
  { fault: "no-done", ...all(null) },
  { fault: "malformed:3", ...all(null), pumped: "malformed" },
  // The provider's own words, where the bytes are pumped: they have no code.
  {
    fault: "in-band-error:after",
    pumped: "none",
    checked: "server_error",
    anthropic: "overloaded",
    gemini: "overloaded",
  },
];

const WAYS = [
  ["pumped", { provider: "one", baseUrl: "${ONE_URL}/first/v1", key: "${ONE_KEY}" }],
  ["checked", { provider: "one", baseUrl: "${ONE_URL}/first/v1", key: "${ONE_KEY}" }],
  ["anthropic", { provider: "anthropic", api: "anthropic", baseUrl: "${THREE_URL}/claude", key: "${THREE_KEY}" }],
  ["gemini", { provider: "google", api: "gemini", baseUrl: "${THREE_URL}/gemini", key: "${THREE_KEY}" }],
] as const;

let hosts: SimulatedHosts;
let product: Product;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  const hot = WAYS.flatMap(([way, entry]) => BREAKS.map(({ fault }) => broken(entry, way, fault)));
  const second = {
    id: "second",
    provider: "two",
    model: "model-2",
    baseUrl: "${TWO_URL}/second/v1",
    key: "${TWO_KEY}",
  };
  const kinds = Object.fromEntries(
    hot.flatMap(({ id = "" }) => {
      const stream: "checked" | "pumped" = id.startsWith("checked") ? "checked" : "pumped";
      const kind = { deadlineSeconds: 30, routes: [id, "second"], stream };
      return [[id, { ...kind, continue: false }] as const, [`${id}-goes-on`, kind] as const];
    }),
  );
  product = await startProduct({ routes: { hot, warm: [second], kinds }, variables: hosts.variables });
});

afterAll(async () => {
  await product.stop();
  await hosts.close();
});

function broken(entry: (typeof WAYS)[number][1], way: string, fault: string): RouteEntry {
  const id = nameOf(way, fault);
  const route = { ...entry, id, account: id, model: `sim@${fault}` };
  // Elsewhere a busy machine's pause would pass for the provider's.
  return fault.startsWith("stall") ? { ...route, timeouts: { idleMs: 300 } } : route;
}

function nameOf(way: string, fault: string): string {
  return `${way}-${fault.replace(":", "-")}`;
}

describe.each(WAYS)("a stream (%s)", (way) => {
  it.each(BREAKS)("with $fault is whole, or the SDK throws", async (one) => {
    const asked = await ask(product.client, nameOf(way, one.fault), true, {
      messages: [{ role: "user", content: "count to 60" }],
    });

    expect(asked.trail).toEqual([`${nameOf(way, one.fault)}=answered`]);
    expect(WHOLE.startsWith(asked.text)).toBe(true);
    expect(asked.text).not.toBe("");
    expect(thrownBy(asked)).toBe(one[way]);
    if (one[way] === null) expect(asked).toMatchObject({ text: WHOLE, finish: "stop" });
  });
});

/** What another route can go on with; an error event that was pumped cannot be taken back. */
const MENDED = ["cut:3", "cut-bytes:1500", "stall:3", "no-terminal"];

describe.each(WAYS)("a stream that another route may go on with (%s)", (way) => {
  it.each(MENDED)("with %s is one whole answer to the SDK", async (fault) => {
    const kind = `${nameOf(way, fault)}-goes-on`;
    const asked = await ask(product.client, kind, true, { messages: [{ role: "user", content: "count to 60" }] });

    expect(asked).toMatchObject({ error: null, text: WHOLE, finish: "stop" });
  });
});

/** Malformed events reach the SDK only where the bytes are pumped, and it throws a SyntaxError of its own. */
function thrownBy({ error, syntaxError }: Asked): Thrown | null {
  if (syntaxError) return "malformed";
  return error && (error.code ?? "none");
}

describe("the log of a stream that broke off", () => {
  it("says how, with status 200 and the tokens estimated", async () => {
    const asked = await ask(product.client, "pumped-cut-3", true);
    // What an answer's id has behind the request's own is for ratings.
    const [id = ""] = asked.headers.get("x-lisbon-request-id")?.split(".") ?? [];

    await expect
      .poll(() => logLine(id), { timeout: 5_000 })
      .toMatchObject({ status: 200, outcome: "stream_cut", usage: "estimated" });
  });
});

function logLine(requestId: string): unknown {
  const line = product
    .output()
    .split("\n")
    .find((printed) => printed.includes(requestId));
  return line === undefined ? null : (JSON.parse(line) as unknown);
}
