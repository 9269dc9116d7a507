/** Whatever the first route does before its first words, the caller of the running product gets a whole answer. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RouteEntry } from "../../src/routing/map-routes.ts";
import { ask, WAYS } from "../support/asked.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

interface Trouble {
  /** The simulated fault; the first route's model asks for it. */
  readonly fault: string;
  /** What the trail says of each attempt at the first route. */
  readonly streamed: readonly string[];
  readonly whole: readonly string[];
}

const either = (...said: readonly string[]) => ({ streamed: said, whole: said });

const TROUBLES: readonly Trouble[] = [
  { fault: "refuse", ...either("unreachable") },
  { fault: "reset", ...either("unreachable") },
  { fault: "silent", ...either("timed_out") },
  { fault: "keepalive:50", ...either("timed_out") },
  { fault: "slow:3000", ...either("timed_out") },
  { fault: "latency:3000", ...either("timed_out") },
  { fault: "cut:0", streamed: ["stream_cut"], whole: ["reset", "reset"] },
  { fault: "cut-bytes:300", streamed: ["stream_cut"], whole: ["reset", "reset"] },
  { fault: "500", ...either("server_error 500", "server_error 500") },
  { fault: "503", ...either("overloaded 503", "overloaded 503") },
  { fault: "529", ...either("overloaded 529", "overloaded 529") },
  { fault: "429", ...either("rate_limited 429") },
  { fault: "429:30", ...either("rate_limited 429") },
  { fault: "429:1", ...either("rate_limited 429", "rate_limited 429") },
  { fault: "quota", ...either("quota_exhausted 429") },
  { fault: "credit", ...either("credit_exhausted 429") },
  { fault: "bad-key", ...either("auth_failed 401") },
  { fault: "region", ...either("region_blocked 403") },
  { fault: "model-missing", ...either("model_not_found 404") },
  { fault: "html", ...either("unreadable") },
  { fault: "in-band-error", ...either("server_error 200", "server_error 200") },
  { fault: "empty", ...either("empty_answer") },
  { fault: "malformed:0", ...either("unreadable") },
];

let hosts: SimulatedHosts;
let product: Product;

/** A route and an account for each trouble and way, so that no test's failures are another's. */
function troubled({ fault, streamed }: Trouble, way: string): RouteEntry {
  // Who says something is given time to: a busy machine may take 400 ms for it.
  const isSilent = streamed.includes("timed_out");
  const id = nameOf(fault, way);
  const model = `sim@${fault}`;
  const route = { id, provider: "one", account: id, model, baseUrl: "${ONE_URL}/first/v1", key: "${ONE_KEY}" };
  return isSilent ? { ...route, timeouts: { headersMs: 400, firstTokenMs: 400, attemptMs: 400 } } : route;
}

function nameOf(fault: string, way: string): string {
  return `${fault.replace(":", "-")}-${way}`;
}

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  const hot = TROUBLES.flatMap((trouble) => WAYS.map(([way]) => troubled(trouble, way)));
  const second = {
    id: "second",
    provider: "two",
    model: "model-2",
    baseUrl: "${TWO_URL}/second/v1",
    key: "${TWO_KEY}",
  };
  const kinds = Object.fromEntries(hot.map(({ id = "" }) => [id, { deadlineSeconds: 30, routes: [id, "second"] }]));
  product = await startProduct({ routes: { hot, warm: [second], kinds }, variables: hosts.variables });
});

afterEach(() => hosts.mend());

afterAll(async () => {
  await product.stop();
  await hosts.close();
});

describe.each(WAYS)("a %s call whose first route", (way, streamed) => {
  it.each(TROUBLES)("meets $fault is answered whole by the next, and the trail says so", async (trouble) => {
    const name = nameOf(trouble.fault, way);

    const asked = await ask(product.client, name, streamed);

    const failed = trouble[way].map((said) => `${name}=${said}`);
    expect(asked).toMatchObject({ text: "hello", finish: "stop", error: null, model: "model-2" });
    expect(asked.usage).toMatchObject({ completion_tokens: 1 });
    expect(asked.trail).toEqual([...failed, "second=answered"]);
    expect(asked).toMatchObject({ attempts: failed.length + 1, route: "second", tier: "warm" });
    expect(hosts.received().map(({ provider }) => provider)).toEqual([...failed.map(() => "first"), "second"]);
  });
});
