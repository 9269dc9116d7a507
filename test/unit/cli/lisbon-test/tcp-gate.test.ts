import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Gate, startGate } from "../../../../cli/lisbon-test/tcp-gate.ts";
import { portOf } from "../../../support/port-of.ts";

/** What reached the server. */
let arrived = "";
let server: Server;
const gates: Gate[] = [];

/** Says everything twice. */
beforeEach(async () => {
  arrived = "";
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      arrived += bytes.toString();
      socket.write(`${bytes.toString()}${bytes.toString()}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  for (const gate of gates.splice(0)) await gate.close();
  server.close();
});

async function gateTo(delayMs?: number): Promise<Gate> {
  const to = { host: "127.0.0.1", port: portOf(server) };
  const gate = await startGate(delayMs === undefined ? { to } : { to, delayMs });
  gates.push(gate);
  return gate;
}

async function connected(gate: Gate): Promise<Socket> {
  const socket = connect(gate.port, gate.host);
  await once(socket, "connect");
  return socket;
}

async function replyTo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = await once(socket, "data");
  return String(bytes);
}

describe("a gate", () => {
  it("passes on what it gets, both ways", async () => {
    const socket = await connected(await gateTo());

    expect(await replyTo(socket, "abc")).toBe("abcabc");
    socket.destroy();
  });

  it("takes its time each way, and a round trip to connect", async () => {
    const socket = await connected(await gateTo(50));
    const began = performance.now();
    await replyTo(socket, "abc");
    const first = performance.now() - began;
    await replyTo(socket, "def");
    const second = performance.now() - began - first;

    expect(first).toBeGreaterThan(195);
    expect(second).toBeGreaterThan(95);
    socket.destroy();
  });

  it("refuses connections when it is closed, and takes them again on the same port", async () => {
    const gate = await gateTo();
    await gate.set("closed");
    const refused = connect(gate.port, gate.host);

    expect((await once(refused, "error"))[0]).toMatchObject({ code: "ECONNREFUSED" });
    await gate.set("open");
    const socket = await connected(gate);
    expect(await replyTo(socket, "abc")).toBe("abcabc");
    socket.destroy();
  });

  it("accepts and lets nothing through when it swallows", async () => {
    const gate = await gateTo();
    await gate.set("swallowing");
    const socket = await connected(gate);
    socket.on("error", () => undefined);
    socket.write("abc");
    await sleep(50);

    expect(arrived).toBe("");
    expect(socket.readyState).toBe("open");
    socket.destroy();
  });

  it("resets what is connected when it is cut", async () => {
    const gate = await gateTo();
    const socket = await connected(gate);
    await replyTo(socket, "abc");
    gate.cut();

    expect((await once(socket, "error"))[0]).toMatchObject({ code: "ECONNRESET" });
  });
});
