/** What every provider would refuse of a conversation, found before anything is sent. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toChatRequest } from "../../../src/anthropic-api/to-chat-request.ts";
import { checkMessages } from "../../../src/chat/check-messages.ts";
import { Trail } from "../../../src/chat/trail.ts";
import type { ChatRequest } from "../../../src/openai/chat-request.ts";
import { answers, route, spine, type FakeProvider } from "../../support/spine.ts";

type Messages = ChatRequest["messages"];
type Said = Messages[number];

const user: Said = { role: "user", content: "hello" };
const words: Said = { role: "assistant", content: "hi" };

function calls(...ids: readonly string[]): Said {
  return { role: "assistant", content: null, tool_calls: ids.map(callWith) };
}

function callWith(id: string) {
  return { id, type: "function" as const, function: { name: "look", arguments: "{}" } };
}

function result(id: string): Said {
  return { role: "tool", tool_call_id: id, content: "seen" };
}

/** What a provider would be sent, or the refusal. */
async function sent(messages: Messages, kind: Record<string, unknown> = {}) {
  const bodies: unknown[] = [];
  const provider: FakeProvider = ({ body }) => {
    bodies.push(body["messages"]);
    return answers();
  };
  const at = spine({ routes: [route("hot/a/one")], providers: { "a.test": provider }, kinds: { work: kind } });
  const reply = await at.ask({ model: "work", messages });
  return { messages: bodies[0] ?? null, reply, notes: at.trail.notes() };
}

describe("a conversation that OpenAI takes", () => {
  it.each<[string, Messages]>([
    ["has several results in another order", [user, calls("a", "b"), result("b"), result("a"), user]],
    ["ends with its results", [user, calls("a"), result("a")]],
    ["ends with calls that nobody has answered yet", [user, calls("a")]],
    ["says an id again in a later turn", [user, calls("a"), result("a"), calls("a"), result("a"), words, user]],
    ["says an id twice and answers it once", [user, calls("a", "a"), result("a"), user]],
    ["has turns of one role in a row", [user, user, words, words, user]],
    ["begins with the assistant", [words, user]],
    ["has instructions in between", [user, { role: "system", content: "be brief" }, words, user]],
    ["has an empty list of calls", [user, { role: "assistant", content: "hi", tool_calls: [] }, user]],
  ])("and that %s is sent as it came", async (_what, messages) => {
    const { messages: body, notes } = await sent(messages);

    expect(body).toEqual(messages);
    expect(notes).toEqual([]);
  });
});

describe("a conversation that every provider would refuse", () => {
  it.each<[string, Messages, string, RegExp, Messages]>([
    ["a result without a call", [user, result("a")], "messages[1]", /result for the tool call "a"/, [user]],
    [
      "a result of another call",
      [user, calls("a"), result("a"), result("b"), user],
      "messages[3]",
      /"b", which the assistant's message right before it did not make/,
      [user, calls("a"), result("a"), user],
    ],
    [
      "a result after another turn",
      [user, calls("a"), user, result("a")],
      "messages[1]",
      /before messages\[2\]/,
      [user, user],
    ],
    [
      "a result that comes twice",
      [user, calls("a"), result("a"), result("a")],
      "messages[3]",
      /a second result for the tool call "a"/,
      [user, calls("a"), result("a")],
    ],
    [
      "two calls of one id with a result each",
      [user, calls("a", "a"), result("a"), result("a")],
      "messages[3]",
      /two calls need an id each/,
      [user, calls("a"), result("a")],
    ],
    [
      "a call without a result",
      [user, calls("a"), user],
      "messages[1]",
      /has no result before messages\[2\]/,
      [user, user],
    ],
    [
      "a call without a result among others",
      [user, calls("a", "b"), result("a")],
      "messages[1]",
      /"b" has no result before the conversation ends/,
      [user, calls("a"), result("a")],
    ],
  ])(
    "for %s is refused, nobody is asked, and where the kind says so it is mended",
    async (_what, messages, param, why, mended) => {
      const refused = await sent(messages);

      expect(refused.messages).toBeNull();
      expect(refused.reply).toMatchObject({
        ok: false,
        failure: { kind: "invalid_request", param, reason: expect.stringMatching(why) },
      });

      const left = await sent(messages, { mend: true });

      expect(left.messages).toEqual(mended);
      expect(left.notes.join()).toMatch(/^Left out of the conversation: a tool (call|result) in messages\[\d\]/);
    },
  );

  it("keeps what an assistant said beside the call that is left out", async () => {
    const { messages } = await sent([user, { ...calls("a"), content: "let me see" }, user], { mend: true });

    expect(messages).toEqual([user, { role: "assistant", content: "let me see" }, user]);
  });

  it("is refused where nothing would be left of it", async () => {
    const { reply } = await sent([result("a")], { mend: true });

    expect(reply).toMatchObject({ ok: false, failure: { kind: "invalid_request", param: "messages[0]" } });
  });
});

function uses(...ids: readonly string[]) {
  return {
    role: "assistant",
    content: ids.map((id) => ({ type: "tool_use", id, name: "look", input: {} })),
  };
}
function results(...ids: readonly string[]) {
  return {
    role: "user",
    content: ids.map((id) => ({ type: "tool_result", tool_use_id: id, content: "seen" })),
  };
}
const greeting = { role: "user", content: "hello" };

function checked(messages: readonly unknown[], mend = false) {
  const body = { model: "work", max_tokens: 10, system: "be brief", messages };
  const trail = new Trail();
  const call = { ...callOf(toChatRequest(body).request, mend), native: { body, headers: {}, onlyNative: null } };
  return { found: checkMessages(call, trail), notes: trail.notes() };
}

describe("a conversation in Anthropic's language", () => {
  it.each([
    ["several results in one turn", [greeting, uses("a", "b"), results("a", "b")]],
    ["results over two turns, which Anthropic takes as one", [greeting, uses("a", "b"), results("a"), results("b")]],
    ["calls over two turns", [greeting, uses("a"), uses("b"), results("a", "b")]],
    ["blocks that nobody knows", [greeting, { role: "assistant", content: [null, { type: "tool_use" }, 3] }, greeting]],
  ])("with %s is taken", (_what, messages) => {
    expect(checked(messages).found.ok).toBe(true);
  });

  it.each([
    ["a result without a call", [greeting, results("a")], "messages[1]", [greeting]],
    ["a call without a result", [greeting, uses("a"), greeting], "messages[1]", [greeting, greeting]],
    [
      "a result among others",
      [greeting, uses("a"), results("a", "b")],
      "messages[2]",
      [greeting, uses("a"), results("a")],
    ],
  ])("with %s is refused by the index of the caller's own message, or mended", (_what, messages, param, mended) => {
    expect(checked(messages).found).toMatchObject({ ok: false, failure: { kind: "invalid_request", param } });

    const { found, notes } = checked(messages, true);
    if (!found.ok) throw new Error("not mended");
    expect(found.value.native.body.messages).toEqual(mended);
    expect(found.value.request.messages).toEqual(toChatRequest({ ...found.value.native.body }).request.messages);
    expect(notes).toHaveLength(1);
  });
});

describe("the check", () => {
  const anyMessage = fc.oneof(
    fc.constant(user),
    fc.constant(words),
    fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 3 }).map((ids) => calls(...ids)),
    fc.constantFrom("a", "b", "c").map(result),
  );

  it("never throws, and what it has mended it takes", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 12 }), (messages) => {
        const mended = checkMessages(callOf({ model: "work", messages }, true), new Trail());
        if (!mended.ok) return;
        const again = checkMessages({ ...mended.value, kind: { mend: false } }, new Trail());
        expect(again).toMatchObject({ ok: true });
      }),
    );
  });

  it("looks at each message as often in a long conversation as in a short one", () => {
    expect(looksPerMessage(2_000)).toBeLessThanOrEqual(looksPerMessage(20));
    expect(looksPerMessage(20)).toBeLessThanOrEqual(4);
  });
});

function callOf(request: ChatRequest, mend: boolean) {
  return { request, native: null, kind: { mend } };
}

function many(turns: number): Messages {
  return Array.from({ length: turns }, (_turn, at) => [
    calls(`a${at}`, `b${at}`),
    result(`a${at}`),
    result(`b${at}`),
  ]).flat();
}

function looksPerMessage(turns: number): number {
  const { counted, count } = countingLooks(many(turns));
  expect(checkMessages(callOf({ model: "work", messages: counted }, false), new Trail()).ok).toBe(true);
  return count() / counted.length;
}

/** Counts how often an element is read. */
function countingLooks(messages: Messages) {
  let looks = 0;
  const counted = new Proxy(messages, {
    get(target, key, receiver) {
      if (typeof key === "string" && /^\d+$/u.test(key)) looks++;
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  return { counted, count: () => looks };
}
