/** `lisbon routes reset`, against a switchboard that is played: what it asks to be closed, and what it says then. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mendedLine, reset } from "../../../../cli/operate/reset.ts";
import { plain } from "../../../../cli/screen/paint.ts";
import { resetCommand } from "../../../../src/domain/reset-command.ts";
import { portOf } from "../../../support/port-of.ts";

const LOOP = "f".repeat(16);

let server: Server;
let url: string;
/** The bodies that were sent, in their order. */
let posts: unknown[];
/** By route. */
let status: Record<string, string>;
let out: string[];
let loops: { id: string; tenant: string; kind: string }[];

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      if (request.method === "POST") take(JSON.parse(body));
      response.end(JSON.stringify(overview()));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${portOf(server)}`;
});

afterAll(() => {
  server.close();
});

beforeEach(() => {
  posts = [];
  status = { "hot/a": "open", "hot/b": "open", "warm/c": "closed", "warm/d": "killed" };
  out = ["acme bill"];
  loops = [{ id: LOOP, tenant: "acme", kind: "auto" }];
});

describe("lisbon routes reset", () => {
  it("closes a route's circuit, and says what is still out", async () => {
    expect(await resetting("hot/b")).toEqual([
      "The circuit of hot/b is closed.",
      "Every isolate obeys within 5 s. What is still ill goes out again.",
      "Still out: hot/a",
    ]);
    expect(posts).toEqual([{ route: "hot/b" }]);
  });

  it("lets an account back before the route that it keeps out", async () => {
    const ending = await reset("hot/a", { url, adminKey: "k", yes: true });

    expect(posts).toEqual([{ account: "acme bill" }, { route: "hot/a" }]);
    expect(ending).toMatchObject({
      value: { json: { reset: { accounts: ["acme bill"], routes: ["hot/a"], loops: [] }, open: ["hot/b"] } },
    });
  });

  it("takes an account's name and a looping request's id", async () => {
    await resetting("acme bill");
    await resetting(LOOP);

    expect(posts).toEqual([{ account: "acme bill" }, { loop: LOOP }]);
  });

  it("takes all that is out, and nothing else", async () => {
    await resetting("all");

    expect(posts).toEqual([{ account: "acme bill" }, { route: "hot/b" }, { loop: "all" }]);

    posts = [];

    expect(await resetting("all")).toEqual(["Nothing is out, and no request is held back."]);
    expect(posts).toEqual([]);
  });

  it("says that a route stays off which somebody switched off", async () => {
    expect(await resetting("warm/d")).toContain("warm/d stays switched off: npx lisbon routes revive warm/d");
  });

  it("changes nothing without a yes, and says for what it asks", async () => {
    const questions = await Promise.all(
      ["hot/a", "hot/b", LOOP, "all"].map((what) => reset(what, { url, adminKey: "k", json: true })),
    );

    expect(questions.map((ending) => (ending.ok ? "" : ending.failure.message))).toEqual([
      "Not done: Let the account acme bill back? Calls go at once to all its routes: hot/a.",
      "Not done: Close the circuit of hot/b? Calls go there at once.",
      "Not done: Let this request of acme through again? If it still fails, it costs three more tries.",
      "Not done: Let everything back that is out, and every request that looped?",
    ]);
    expect(posts).toEqual([]);
  });

  it("knows no other name, and says where they are", async () => {
    expect(await reset("nope", { url, adminKey: "k", yes: true })).toMatchObject({
      ok: false,
      failure: { kind: "usage", message: expect.stringContaining("nope"), next: expect.stringMatching(/^npx lisbon/) },
    });
  });
});

it("is written so that a shell takes it as one word", () => {
  expect(["hot/a:free", "acme bill", "it's"].map(resetCommand)).toEqual([
    "npx lisbon routes reset hot/a:free",
    "npx lisbon routes reset 'acme bill'",
    String.raw`npx lisbon routes reset 'it'\''s'`,
  ]);
});

it("stands in the status where no probe ends an outage", () => {
  expect(lineOf(["error_loop", "error:hot/a"])).toEqual([
    "hot/a is out until mended, then: npx lisbon routes reset hot/a",
  ]);
  expect(lineOf(["quota", "quota:google:KEY"], ["error_loop", "loop:f1"])).toEqual([
    "google:KEY is out until mended, then: npx lisbon routes reset google:KEY",
  ]);
  expect(lineOf(["provider_failing", "failing:hot/a"])).toEqual([]);
});

/** Of findings of this kind and key. */
function lineOf(...found: readonly (readonly [string, string])[]): readonly string[] {
  return mendedLine(found.map(([kind, key]) => ({ kind, key, title: "", why: "", nextAction: "" })));
}

async function resetting(what: string): Promise<readonly string[]> {
  const ending = await reset(what, { url, adminKey: "k", yes: true });
  if (!ending.ok) throw new Error(ending.failure.message);
  return ending.value.lines(plain);
}

/** An account that is back takes its routes with it. */
function take(body: { readonly route?: string; readonly account?: string; readonly loop?: string }): void {
  posts.push(body);
  if (body.loop !== undefined) loops = [];
  if (body.account !== undefined) out = [];
  const id = body.account === undefined ? body.route : "hot/a";
  if (id !== undefined && status[id] !== "killed") status[id] = "closed";
}

function overview(): object {
  const routes = Object.entries(status).map(([id, is]) => ({
    id,
    account: id === "hot/a" ? "acme bill" : "other",
    status: is,
    why: null,
    sinceMs: null,
    untilMs: null,
    last: [],
    errorRate: null,
    p50Ms: null,
    p95Ms: null,
    lastError: null,
  }));
  return { atMs: 0, routes, accountsOut: out.map((account) => ({ account })), loops, alarmFailure: null };
}
