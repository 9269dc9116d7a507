/** What the page of a signed link shows, and that nothing written by others gets out of its place. */
import { describe, expect, it } from "vitest";
import { showAct } from "../../../src/http/act.ts";
import { linkTo } from "../../../src/http/action-token.ts";
import { boxOf, openLink, ORIGIN, tokenFor, unescaped } from "../../support/human-with-link.ts";
import { operatorDeps } from "../../support/operator-deps.ts";
import { NIGHT_MS, parkedJob, QUESTION } from "../../support/parked-job.ts";

describe("the page of a link", () => {
  it("shows the call, its messages, its history with times, and one form for its action", async () => {
    const { status, page } = await openLink(parkedJob(), "answer");

    expect(status).toBe(200);
    expect(page).toContain("<h1>A call waits for a human</h1>");
    expect(page).toContain("You summarise calls for an estate agent.");
    expect(page).toContain("She wants to see the flat in Graça again");
    expect(page).toContain("2026-11-21 04:00 UTC (in\u00a046\u00a0min)");
    expect(page).toContain("2026-11-21 03:00 UTC (14\u00a0min\u00a0ago)");
    expect(page).toContain("5 of 5 attempts failed: overloaded");
    expect(page.match(/<form/g)).toHaveLength(1);
    expect(page.match(/<button/g)).toHaveLength(1);
    expect(page).toContain(">Send this answer</button>");
  });

  it.each([
    ["retry", "Try it again now", "goes back to the queue at once"],
    ["cancel", "Cancel and erase", "its prompt is erased"],
  ] as const)("of %s says what its button will do, and has no box", async (action, button, willHappen) => {
    const { page } = await openLink(parkedJob({ view: { state: "dead" } }), action);

    expect(page).toContain(`>${button}</button>`);
    expect(page).toContain(willHappen);
    expect(page).not.toContain("<textarea");
  });

  it("of view has history and no form, and does not ask for the prompt", async () => {
    const job = parkedJob({ view: { state: "answered", answer: '"the secret answer"' } });
    const url = linkTo({ origin: ORIGIN, token: await tokenFor("view") });
    const asking = { ...job.port, prompt: () => Promise.reject(new Error("asked for the prompt")) };
    const page = await (await showAct(new Request(url), operatorDeps({ jobs: () => asking }))).text();

    expect(page).toContain("5 of 5 attempts failed: overloaded");
    expect(page).not.toContain("<form");
    expect(page).not.toContain("the secret answer");
  });

  it("has a box filled with what a broken run had written, to the letter", async () => {
    const draft = '\n\n  Ms Almeida & "her brother" <both>\nwant to see it\n';
    const { page } = await openLink(parkedJob({ draft }), "answer");

    expect(boxOf(page)).toBe(draft);
    expect(page).toContain("what a run had written before it broke off");
  });

  it("has an empty box, and says nothing of a draft, where nothing was written", async () => {
    const { page } = await openLink(parkedJob(), "answer");

    expect(boxOf(page)).toBe("");
    expect(page).not.toContain("before it broke off");
    expect(page).not.toContain('aria-describedby="draft"');
  });

  it("needs no script and fetches nothing", async () => {
    const { page, headers } = await openLink(parkedJob(), "answer");

    expect(page).not.toMatch(/<script|javascript:| on\w+=|<link rel="stylesheet"|@import|url\(/i);
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'nonce-[\da-f-]{36}'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(page).toContain(
      `<style nonce="${/nonce-([\da-f-]+)/.exec(headers.get("content-security-policy") ?? "")?.[1]}">`,
    );
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-robots-tag")).toContain("noindex");
  });

  it("labels every control that is seen, and describes its button", async () => {
    const { page } = await openLink(parkedJob({ draft: "so far" }), "answer");

    expect(page).toContain('<label for="text">Your answer</label>');
    expect(page).toMatch(/<textarea id="text"[^>]* aria-describedby="draft"/);
    expect(page).toContain('<p class="note" id="draft">');
    expect(page).toMatch(/<button [^>]*aria-describedby="will-happen"/);
    expect(page).toContain('<p id="will-happen">');
    expect(page).toContain('<html lang="en">');
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("escapes whatever others wrote: prompt, kind, model, reasons, draft, answer, addresses", async () => {
    const evil = `"><script>alert('x')</script></textarea><img src=x onerror=alert(1)>`;
    const request = {
      ...QUESTION,
      tools: [{ type: "function" as const, function: { name: evil } }],
      response_format: { type: "json_schema" as const, json_schema: { name: evil } },
      messages: [
        { role: "user" as const, content: [{ type: "text" as const, text: evil }, { type: evil }] },
        {
          role: "user" as const,
          content: [{ type: "image_url" as const, image_url: { url: `https://x.test/${evil}` } }],
        },
        {
          role: "user" as const,
          content: [{ type: "image_url" as const, image_url: { url: `data:image/png;base64,${evil}` } }],
        },
        {
          role: "assistant" as const,
          tool_calls: [{ id: "1", type: "function" as const, function: { name: evil, arguments: evil } }],
        },
      ],
    };
    const view = {
      kind: evil,
      model: evil,
      tenant: evil,
      history: [{ atMs: NIGHT_MS, state: "queued" as const, reason: evil }],
      callback: { url: evil, state: "failed" as const, attempts: 2, lastError: evil },
      route: evil,
    };
    const waiting = await openLink(parkedJob({ view, request, draft: evil }), "answer");
    const answer = JSON.stringify({ choices: [{ message: { content: evil } }] });
    const answered = await openLink(
      parkedJob({ view: { ...view, state: "answered", answer, answeredBy: "provider" }, request }),
      "answer",
    );

    expect(waiting.page).toContain("&lt;script&gt;");
    expect(answered.page).toContain("Its answer");
    for (const { page } of [waiting, answered]) {
      expect(page).not.toMatch(/<script|<img src=x/i);
      expect(page.match(/<\/textarea>/g)?.length ?? 0).toBeLessThanOrEqual(1);
    }
    expect(boxOf(waiting.page)).toBe(evil);
  });

  it("shows small pictures of the call itself, and only names what lies elsewhere", async () => {
    const content = [
      picture("data:image/png;base64,iVBORw0KGgo="),
      picture("https://elsewhere.test/seen-by.png"),
      picture("data:image/svg+xml;base64,PHN2Zz4="),
      picture(`data:image/png;base64,${"A".repeat(2_000_000)}`),
    ];
    const { page } = await openLink(
      parkedJob({ request: { ...QUESTION, messages: [{ role: "user", content }] } }),
      "answer",
    );

    expect(page.match(/<img /g)).toHaveLength(1);
    expect(page).toContain('src="data:image/png;base64,iVBORw0KGgo="');
    expect(page).toContain("A picture at <code>https://elsewhere.test/seen-by.png</code>");
    expect(page).toContain("A picture that is not shown: image/svg+xml, 1 KiB");
    expect(page).toContain("A picture that is not shown: image/png, 1465 KiB");
  });

  it("folds away all but the last messages of a long conversation", async () => {
    const messages = Array.from({ length: 30 }, (_, at) => ({ role: "user" as const, content: `message ${at}.` }));
    const { page } = await openLink(parkedJob({ request: { ...QUESTION, messages } }), "answer");
    const folded = /<details>([^]*?)<\/details>/.exec(page)?.[1] ?? "";

    expect(folded).toContain("22 earlier messages");
    expect(folded).toContain("message 21.");
    expect(folded).not.toContain("message 22.");
    expect(page).toContain("message 29.");
  });

  it("of a long prompt leads straight to the box, of a short one needs not", async () => {
    const messages = [{ role: "user" as const, content: "word ".repeat(500) }];
    const long = await openLink(parkedJob({ request: { ...QUESTION, messages } }), "answer");

    expect(long.page).toContain('<a href="#text">');
    expect((await openLink(parkedJob(), "answer")).page).not.toContain('<a href="#text">');
  });

  it("says of an overdue answer that it is", async () => {
    const { page } = await openLink(parkedJob({ view: { dueAtMs: NIGHT_MS - 25 * 60 * 60 * 1000 } }), "answer");

    expect(page).toContain("2026-11-20 02:14 UTC (1\u00a0d\u00a01\u00a0h\u00a0ago)</time>: overdue");
  });

  it("says that the app expects JSON, and which", async () => {
    const request = {
      ...QUESTION,
      response_format: {
        type: "json_schema" as const,
        json_schema: { name: "notes", schema: { required: ["summary"] } },
      },
    };
    const { page } = await openLink(parkedJob({ request }), "answer");

    expect(page).toContain("<strong>JSON</strong>");
    expect(unescaped(page)).toContain('"required": [');
  });
});

function picture(url: string): { type: "image_url"; image_url: { url: string } } {
  return { type: "image_url", image_url: { url } };
}
