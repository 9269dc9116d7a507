import { describe, expect, it } from "vitest";
import { messageOf, sdk, startStages, TOKEN } from "./stages.ts";

const { stages } = await startStages();

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

describe.each(stages)("a request to the front of $name", ({ front }) => {
  const redis = sdk(front);

  async function ask(path: string, { headers, ...sent }: Sent = {}): Promise<readonly [number, unknown]> {
    const response = await fetch(front.url + path, {
      ...sent,
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    });
    return [response.status, await response.json()];
  }

  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    ask(path, { method: "POST", body: JSON.stringify(body), headers });

  it("may be a JSON array", async () => {
    expect(await post("/", ["SET", "n", 5, "EX", 100])).toEqual([200, { result: "OK" }]);
    expect(await post("/", ["get", "n"])).toEqual([200, { result: "5" }]);
  });

  it("may be a path, with the body before what the query adds", async () => {
    expect(await ask("/set/foo/bar?EX=100&NX")).toEqual([200, { result: "OK" }]);
    expect(await ask("/set/text?PX=90000", { method: "POST", body: "a/b & c?" })).toEqual([200, { result: "OK" }]);
    expect(await ask("/mget/foo/text/no")).toEqual([200, { result: ["bar", "a/b & c?", null] }]);
    expect(front.commands[0]).toEqual(["SET", "foo", "bar", "EX", "100", "NX"]);
    expect(front.commands[1]).toEqual(["SET", "text", "a/b & c?", "PX", "90000"]);
  });

  it("carries any bytes, in the path and in the body", async () => {
    await ask("/set/%FF%00%2F", { method: "PUT", body: Uint8Array.of(255, 0, 13, 10) });

    const [, encoded] = await ask("/get/%FF%00%2F", { headers: { "upstash-encoding": "base64" } });
    expect(encoded).toEqual({ result: Buffer.from([255, 0, 13, 10]).toString("base64") });
    expect(await ask("/get/%FF%00%2F")).toEqual([200, { result: "\uFFFD\0\r\n" }]);
  });

  it("gets every string in base64 where it asks for that, the status OK alone as it is", async () => {
    const base64 = { "upstash-encoding": "base64" };

    expect(await post("/", ["SET", "k", "OK"], base64)).toEqual([200, { result: "OK" }]);
    expect(await post("/", ["GET", "k"], base64)).toEqual([200, { result: "T0s=" }]);
    expect(await post("/", ["PING"], base64)).toEqual([200, { result: "UE9ORw==" }]);
    expect(await post("/", ["MGET", "k", "no"], base64)).toEqual([200, { result: ["T0s=", null] }]);
    expect(await post("/", ["EXISTS", "k"], base64)).toEqual([200, { result: 1 }]);
  });

  it("gets a hash as a flat array", async () => {
    await redis.hset("h", { a: 1, b: "x" });

    expect(await post("/", ["HGETALL", "h"])).toEqual([200, { result: ["a", "1", "b", "x"] }]);
  });

  it("gets a 400 with Redis's words for a command that fails", async () => {
    expect(await post("/", ["GET"])).toEqual([400, { error: "ERR wrong number of arguments for 'get' command" }]);
    expect(await post("/", ["NOSUCH", "a"])).toEqual([
      400,
      { error: expect.stringMatching(/^ERR unknown command 'NOSUCH'/) },
    ]);
  });

  it("gets 200 and an error in its place for a command that fails in a pipeline", async () => {
    expect(await post("/pipeline", [["SET", "k", "v"], ["GET"], ["GET", "k"]])).toEqual([
      200,
      [{ result: "OK" }, { error: "ERR wrong number of arguments for 'get' command" }, { result: "v" }],
    ]);
  });

  it("gets 400 and one error for a discarded transaction", async () => {
    expect(await post("/multi-exec", [["SET", "k", "v"], ["NOSUCH"]])).toEqual([
      400,
      { error: expect.stringMatching(/^EXECABORT .*unknown command 'NOSUCH'/) },
    ]);
    expect(await redis.get("k")).toBeNull();
  });

  it.each([
    ["/", "{"],
    ["/", "[]"],
    ["/", '{"SET":"k"}'],
    ["/", '["SET",["k"]]'],
    ["/pipeline", "[]"],
    ["/pipeline", '["GET","k"]'],
    ["/multi-exec", '[["GET","k"],[]]'],
  ])("to %s with %s gets a 400", async (path, body) => {
    const [status, answer] = await ask(path, { method: "POST", body });

    expect([status, answer]).toEqual([400, { error: expect.stringMatching(/^ERR failed to parse/) }]);
    expect(front.commands).toEqual([]);
  });

  it.each(["MULTI", "subscribe", "SELECT", "BLPOP", "SHUTDOWN"])("gets no %s: all share a connection", async (name) => {
    const refusal = { error: `ERR Command is not available: '${name}'` };

    expect(await post("/", [name, "x", "0"])).toEqual([400, refusal]);
    expect(await post("/pipeline", [["PING"], [name]])).toEqual([200, [{ result: "PONG" }, refusal]]);
    expect(await post("/multi-exec", [["PING"], [name]])).toEqual([400, refusal]);
  });

  it("needs the token, in a header or in the address", async () => {
    const without = await fetch(`${front.url}/ping`);
    expect([without.status, await without.json()]).toEqual([401, { error: expect.stringMatching(/^WRONGPASS/) }]);
    expect((await fetch(`${front.url}/ping?_token=wrong`)).status).toBe(401);
    expect(front.commands).toEqual([]);

    expect(await (await fetch(`${front.url}/echo/hello?_token=${TOKEN}`)).json()).toEqual({ result: "hello" });
    expect(await messageOf(sdk(front, { token: "wrong" }).get("k"))).toContain("WRONGPASS");
  });

  it("other than GET, HEAD, POST and PUT gets a 405", async () => {
    expect((await ask("/ping", { method: "DELETE" }))[0]).toBe(405);
  });

  it("gets back the sync token that it brings, and one where it has none", async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const first = await fetch(`${front.url}/ping`, { headers });
    const next = await fetch(`${front.url}/ping`, { headers: { ...headers, "upstash-sync-token": "abc=1" } });

    expect(first.headers.get("upstash-sync-token")).not.toBe("");
    expect(next.headers.get("upstash-sync-token")).toBe("abc=1");
  });
});
