import { describe, expect, it } from "vitest";
import { NO_WISHES } from "../../../src/domain/call.ts";
import { readWishes } from "../../../src/http/read-wishes.ts";
import type { Settings } from "../../../src/settings.ts";
import { bareSettings } from "../../support/bare-settings.ts";

const plain = { model: "auto", messages: [{ role: "user" as const, content: "hi" }] };
const signing: Settings = { ...bareSettings, signingSecret: "whsec_c2VjcmV0" };

function read(headers: Record<string, string>, more: Record<string, unknown> = {}, settings = signing) {
  const incoming = new Request("https://lisbon.example.com/v1/chat/completions", { method: "POST", headers });
  return readWishes(incoming, { ...plain, ...more }, settings);
}

describe("what a caller says beside its request", () => {
  it("is nothing, mostly, and then the request stays the very same value", () => {
    const incoming = new Request("https://lisbon.example.com", { method: "POST" });
    const understood = readWishes(incoming, plain, signing);

    expect(understood).toEqual({ ok: true, value: { request: plain, wishes: NO_WISHES } });
    expect(understood.ok && understood.value.request).toBe(plain);
  });

  it("is a key in the header, or in the body of old clients, and no provider is shown it", () => {
    expect(read({ "idempotency-key": "k" })).toMatchObject({ value: { wishes: { key: "k" }, request: plain } });
    expect(read({}, { idempotencyKey: "old" })).toEqual({
      ok: true,
      value: { request: plain, wishes: { ...NO_WISHES, key: "old" } },
    });
    expect(read({ "idempotency-key": "new" }, { idempotencyKey: "old" })).toMatchObject({
      value: { wishes: { key: "new" } },
    });
  });

  it("is where it left off, but only with a key: other streams cannot be resumed", () => {
    const seen = { "last-event-id": "1.7" };
    expect(read({ "idempotency-key": "k", ...seen })).toMatchObject({ value: { wishes: { resumeAfter: "1.7" } } });
    expect(read({ ...seen, "x-lisbon-on-cold": "wait" })).toMatchObject({ value: { wishes: { resumeAfter: null } } });
  });

  it("is that it comes again, as the official SDKs say", () => {
    expect(read({ "x-stainless-retry-count": "1" })).toMatchObject({ value: { wishes: { isRetry: true } } });
    expect(read({ "x-stainless-retry-count": "0" })).toMatchObject({ value: { wishes: { isRetry: false } } });
  });

  it.each(["accepted", "error", "wait"])("is that it wants %s on Cold, by header or field", (onCold) => {
    expect(read({ "x-lisbon-on-cold": onCold })).toMatchObject({ value: { wishes: { onCold } } });
    expect(read({}, { on_cold: onCold })).toMatchObject({ value: { wishes: { onCold }, request: plain } });
  });

  it.each([
    [{ "x-lisbon-private": "true" }, {}, true],
    [{ "x-lisbon-private": "1" }, { private: false }, true],
    [{}, { private: true }, true],
    [{ "x-lisbon-private": "false" }, {}, false],
    [{}, { private: false }, false],
  ] as const)("is that it is private, by header (%j) or field (%j): %s", (headers, more, isPrivate) => {
    expect(read(headers, more)).toEqual({
      ok: true,
      value: { request: plain, wishes: { ...NO_WISHES, isPrivate } },
    });
  });

  it("is refused where nobody knows whether it is private", () => {
    expect(read({ "x-lisbon-private": "ja" })).toMatchObject({ failure: { param: "x-lisbon-private" } });
    expect(read({}, { private: "maybe" })).toMatchObject({ failure: { param: "private" } });
  });

  it("is where to call back, where that is a public address and this router signs", () => {
    const callback = { callback_url: "https://app.example.org/done" };
    expect(read({}, callback)).toMatchObject({
      value: { wishes: { callbackUrl: "https://app.example.org/done" }, request: plain },
    });
    expect(read({}, callback, bareSettings)).toMatchObject({
      failure: {
        kind: "invalid_request",
        param: "callback_url",
        reason: expect.stringContaining("LISBON_SIGNING_SECRET"),
      },
    });
  });

  it.each([
    ["Idempotency-Key", { "idempotency-key": "k".repeat(256) }, {}],
    ["idempotencyKey", {}, { idempotencyKey: 7 }],
    ["idempotencyKey", {}, { idempotencyKey: " " }],
    ["x-lisbon-on-cold", { "x-lisbon-on-cold": "later" }, {}],
    ["on_cold", {}, { on_cold: 1 }],
    ["callback_url", {}, { callback_url: ["https://a.example.org"] }],
    ["callback_url", {}, { callback_url: "http://127.0.0.1/x" }],
    ["callback_url", {}, { callback_url: "https://lisbon.example.com/again" }],
  ])("is refused with the field's name where %s is wrong", (param, headers, more) => {
    expect(read(headers, more)).toMatchObject({
      ok: false,
      failure: { kind: "invalid_request", param, reason: expect.stringContaining(param) },
    });
  });
});
