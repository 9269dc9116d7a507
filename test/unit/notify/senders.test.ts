import { describe, expect, it } from "vitest";
import { emailBody } from "../../../src/notify/email.ts";
import { render } from "../../../src/notify/render.ts";
import { slackBody } from "../../../src/notify/slack.ts";
import { webhookBody } from "../../../src/notify/webhook.ts";
import { HOUR, jobId, messageOf, MINUTE, noticeOf, START } from "./support.ts";

const full = messageOf({
  notice: noticeOf({
    kind: "job_overdue",
    key: "late",
    title: "A job waits for a human",
    why: "Nobody answered <in> time & the client waits.",
    nextAction: "Answer it.",
    jobIds: Array.from({ length: 10 }, (_none, number) => jobId(number)),
    retryWindow: "every 8 minutes",
    dueAtMs: START - 20 * MINUTE,
    links: [{ label: "Answer <it>", url: "https://lisbon.test/admin/act?token=a&b=<c>" }],
    clientMessage: "We are late.\nSorry & <thanks>.",
    reminders: 1,
  }),
  count: 12,
  jobs: 12,
  onCall: {
    name: "Ana <Silva>",
    contact: "ana@example.com",
    tz: "Europe/Lisbon",
    localTime: "Fri 14:00",
    begins: null,
  },
});

function linesOf(message: Parameters<typeof render>[0]): Record<string, string> {
  return Object.fromEntries(render(message).lines.map(({ label, text }) => [label, text]));
}

describe("a message in words", () => {
  it("says why, what to do, which jobs and how many more, when it is tried again, when it is due and who is on call", () => {
    expect(render(full).title).toBe("A job waits for a human (12 times)");
    expect(linesOf(full)).toEqual({
      Why: "Nobody answered <in> time & the client waits.",
      "Next action": "Answer it.",
      "How often": "12 times",
      Jobs: `${Array.from({ length: 10 }, (_none, number) => jobId(number)).join(", ")} and 2 more`,
      "Tries again": "every 8 minutes",
      Due: "2026-11-20 13:40 UTC, 20 min ago",
      "On call": "Ana <Silva> (ana@example.com), where it is Fri 14:00 (Europe/Lisbon)",
      Tenant: "default",
      At: "2026-11-20 14:00 UTC",
    });
  });

  it("names the next one on call where nobody is on duty, and says so where the map names nobody", () => {
    const begins = { atMs: START + 3 * HOUR + 20 * MINUTE, localTime: "Fri 09:30" };
    const onCall = { name: "Bo", contact: "pager 12", tz: "America/New_York", localTime: "Fri 06:10", begins };

    expect(linesOf(messageOf({ onCall }))["On call"]).toBe(
      "nobody is on duty now. Next: Bo (pager 12) from Fri 09:30 (America/New_York), in 3 h 20 min; it is Fri 06:10 there",
    );
    expect(linesOf(messageOf())["On call"]).toBe("nobody: the map has no onCall");
  });

  it("counts what came since the last message, and says how long a closed one was open", () => {
    const repeats = messageOf({ count: 3, repeats: true, sinceMs: START - 5 * MINUTE });
    const closing = messageOf({ notice: noticeOf({ closes: true }), count: 3, openForMs: 26 * HOUR });

    expect(linesOf(repeats)["How often"]).toBe("3 more since the last message, the first at 2026-11-20 13:55 UTC");
    expect(linesOf(closing)).toMatchObject({ "How often": "2 more since the last message", "Open for": "1 d 2 h" });
  });

  it("is marked where it is a test, and its title is one line", () => {
    expect(render(messageOf({ notice: noticeOf({ kind: "test", title: "Here\n and there" }) })).title).toBe(
      "[TEST] Here and there",
    );
  });
});

describe("Slack's body", () => {
  it("escapes &, < and > and no more, in texts and links", () => {
    const { blocks } = slackBody(full);
    const text = blocks.map((block) => block.text.text).join("\n");

    expect(text).toContain("Nobody answered &lt;in&gt; time &amp; the client waits.");
    expect(text).toContain("<https://lisbon.test/admin/act?token=a&amp;b=&lt;c&gt;|Answer &lt;it&gt;>");
    expect(text).toContain("```We are late.\nSorry &amp; &lt;thanks&gt;.```");
    expect(text).not.toMatch(/<!|<@/);
  });

  it("stays within Slack's limits however long the texts are, and cuts no escape in half", () => {
    const long = "<&>".repeat(5000);
    const links = Array.from({ length: 80 }, () => ({ label: long, url: `https://lisbon.test/${"a".repeat(1400)}` }));
    const notice = noticeOf({
      title: long,
      why: long,
      nextAction: long,
      retryWindow: long,
      clientMessage: long,
      links,
    });
    const { blocks, text } = slackBody(messageOf({ notice }));

    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks) {
      expect(block.text.text.length).toBeLessThanOrEqual(block.type === "header" ? 150 : 3000);
      if (block.type === "section") expect(block.text.text).not.toMatch(/&(?!amp;|lt;|gt;)/);
    }
    expect(text.length).toBeLessThanOrEqual(3000);
  });

  it("keeps the text for clients however many links there are", () => {
    const links = Array.from({ length: 80 }, (_none, place) => ({
      label: `Link ${place}`,
      url: `https://lisbon.test/${"a".repeat(1400)}`,
    }));
    const { blocks } = slackBody(messageOf({ notice: noticeOf({ links, clientMessage: "We are late." }) }));

    expect(blocks.at(-1)?.text.text).toContain("We are late.");
  });

  it("lets a text for clients not close its own fence", () => {
    const { blocks } = slackBody(messageOf({ notice: noticeOf({ clientMessage: "a```<!channel>" }) }));

    expect(blocks.at(-1)?.text.text.match(/```/g)).toHaveLength(2);
  });
});

describe("an e-mail", () => {
  it("has the same words as text and as HTML, escaped", () => {
    const { text, html, subject, to, from } = emailBody(full, "lisbon@example.com", "ops@example.com");

    expect({ subject, to, from }).toEqual({
      subject: "A job waits for a human (12 times)",
      to: ["ops@example.com"],
      from: "lisbon@example.com",
    });
    for (const { label, text: words } of render(full).lines) expect(text).toContain(`${label}: ${words}`);
    expect(text).toContain("Answer <it>: https://lisbon.test/admin/act?token=a&b=<c>");
    expect(html).not.toMatch(/<in>|<Silva>|<thanks>|<it>|<c>/);
    expect(html).toContain('href="https://lisbon.test/admin/act?token=a&#38;b=&#60;c&#62;"');
  });
});

describe("a webhook's body", () => {
  it("is the notice as data, with the kind as its type", () => {
    expect(webhookBody(full)).toMatchObject({
      type: "notice.job_overdue",
      timestamp: "2026-11-20T14:00:00.000Z",
      data: {
        id: full.id,
        title: "A job waits for a human (12 times)",
        job_ids: full.notice.jobIds,
        jobs: 12,
        count: 12,
        due_at: "2026-11-20T13:40:00.000Z",
        on_call: { name: "Ana <Silva>", tz: "Europe/Lisbon", local_time: "Fri 14:00", on_duty: true },
      },
    });
  });
});
