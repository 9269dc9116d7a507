import { afterEach, describe, expect, it } from "vitest";
import { startIsolates, type Isolates } from "../support/isolates.ts";

const worker = {
  durableObjects: { COUNTER: "Counter" },
  source: `
    import { DurableObject } from "cloudflare:workers";
    let inMemory = 0;
    let goesOn = false;
    export class Counter extends DurableObject {
      add() {
        const next = (this.ctx.storage.kv.get("count") ?? 0) + 1;
        this.ctx.storage.kv.put("count", next);
        return next;
      }
    }
    export default {
      async fetch(request, env) {
        const { pathname } = new URL(request.url);
        if (pathname === "/go-on") return new Response(String((goesOn = true)));
        if (pathname === "/slow") return new Response(slowly());
        inMemory += 1;
        try {
          return Response.json({ inMemory, shared: await env.COUNTER.getByName("main").add(), who: env.WHO });
        } catch (cause) {
          return Response.json({ inMemory, failed: cause.message });
        }
      },
    };
    function slowly() {
      const { readable, writable } = new IdentityTransformStream();
      (async () => {
        const writer = writable.getWriter();
        await writer.write(new TextEncoder().encode("first"));
        while (!goesOn) await scheduler.wait(10);
        await writer.write(new TextEncoder().encode("last"));
        await writer.close();
      })();
      return readable;
    }
  `,
};

let isolates: Isolates | null = null;

afterEach(async () => {
  await isolates?.dispose();
  isolates = null;
});

describe("several isolates", () => {
  it("have a memory each and share one Durable Object", async () => {
    isolates = await startIsolates({ worker, bindings: { WHO: "test" } });
    const seen: unknown[] = [];
    for (const { url } of [...isolates.workers, ...isolates.workers]) seen.push(await (await fetch(url)).json());

    expect(seen).toEqual([
      { inMemory: 1, shared: 1, who: "test" },
      { inMemory: 1, shared: 2, who: "test" },
      { inMemory: 1, shared: 3, who: "test" },
      { inMemory: 2, shared: 4, who: "test" },
      { inMemory: 2, shared: 5, who: "test" },
      { inMemory: 2, shared: 6, who: "test" },
    ]);
  });

  it("are up to twenty", async () => {
    isolates = await startIsolates({ worker, count: 20 });
    const seen = await Promise.all(isolates.workers.map(async ({ url }) => (await fetch(url)).json()));

    expect(seen).toEqual(Array.from({ length: 20 }, () => expect.objectContaining({ inMemory: 1 })));
    expect(new Set(isolates.workers.map(({ url }) => url)).size).toBe(20);
  });

  it("stream through their sockets without a buffer between", async () => {
    isolates = await startIsolates({ worker });
    const url = isolates.workers[1]?.url ?? "";
    const reader = (await fetch(`${url}/slow`)).body?.pipeThrough(new TextDecoderStream()).getReader();

    expect(await reader?.read()).toEqual({ done: false, value: "first" });
    await fetch(`${url}/go-on`);
    expect(await reader?.read()).toEqual({ done: false, value: "last" });
  });

  it("lose their Durable Objects together when the test takes them away", async () => {
    isolates = await startIsolates({ worker, withoutSwitchboard: true });
    for (const { url } of isolates.workers) {
      expect(await (await fetch(url)).json()).toMatchObject({ inMemory: 1, failed: expect.any(String) });
    }
  });

  it("let Node call the shared object", async () => {
    isolates = await startIsolates({ worker });
    await fetch(isolates.workers[2]?.url ?? "");
    const { COUNTER } = await isolates.bindings<{ COUNTER: CounterNamespace }>();

    expect(await COUNTER.getByName("main").add()).toBe(2);
  });
});

interface CounterNamespace {
  getByName(name: string): { add(): Promise<number> };
}
