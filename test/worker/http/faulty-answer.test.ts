import { describe, expect, it } from "vitest";
import { shortened } from "../../../src/chat/faulty-answer.ts";

const AS_STREAM = { headers: { "content-type": "text/event-stream" } };

describe("an answer that a drill shortens", () => {
  it("brings its first bytes, and ends (cut)", async () => {
    const short = { amount: 4, ending: "cut", signal: null } as const;

    expect(await shortened(new Response("0123456789", AS_STREAM), short).text()).toBe("0123");
  });

  it("brings its first bytes, and nothing more until it is given up (stall)", async () => {
    const caller = new AbortController();
    const short = { amount: 4, ending: "stall", signal: caller.signal } as const;
    const reader = shortened(new Response("0123456789", AS_STREAM), short).body?.getReader();

    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("0123");
    const rest = reader?.read();
    caller.abort();
    await expect(rest).rejects.toThrow();
  });

  it("is whole where it is shorter, and where it is the provider's own error", async () => {
    const short = { amount: 20, ending: "cut", signal: null } as const;
    const refused = new Response("x".repeat(100), { status: 429 });

    expect(await shortened(new Response("0123456789", AS_STREAM), short).text()).toBe("0123456789");
    expect(await shortened(refused, short).text()).toHaveLength(100);
  });

  it("breaks in its first half where it is not streamed", async () => {
    const whole = Response.json({ answer: "x".repeat(100) });

    await expect(shortened(whole, { amount: 1_000, ending: "cut", signal: null }).text()).rejects.toThrow();
  });
});
