import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Inbox, startInbox } from "../../../../cli/lisbon-test/inbox.ts";

const SECRET = `whsec_${Buffer.from("a secret of thirty-two bytes, yes").toString("base64")}`;
const NOTICE = {
  type: "notice.cold",
  data: { title: "Calls of <auto> are parked", job_ids: ["job_1"], on_call: null, links: [] },
};

let inbox: Inbox;

beforeEach(async () => void (inbox = await startInbox(SECRET)));
afterEach(() => inbox.close());

async function send(variable: string, body: unknown, headers: Record<string, string> = {}): Promise<void> {
  const path = variable === "RESEND_URL" ? "/emails" : "";
  const url = `${inbox.variables[variable]}${path}`;
  await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}

function signed(body: unknown, secret: string): Record<string, string> {
  const now = new Date();
  return {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign("msg_1", now, JSON.stringify(body)),
  };
}

describe("the inbox", () => {
  it("has a notice that its webhook brought with a right signature, and says who else brought it", async () => {
    await send("NOTICE_WEBHOOK_URL", NOTICE, signed(NOTICE, SECRET));
    await send("SLACK_WEBHOOK_URL", { text: "Calls of &lt;auto&gt; are parked", blocks: [] });

    const [notice] = inbox.notices("cold", "job_1");
    expect(notice && [...inbox.broughtBy(notice).keys()]).toEqual(["Slack", "webhook"]);
    expect(inbox.notices("cold", "job_2")).toEqual([]);
  });

  it("does not count what is signed with another secret, or not at all", async () => {
    await send("NOTICE_WEBHOOK_URL", NOTICE, signed(NOTICE, `whsec_${Buffer.from("x".repeat(32)).toString("base64")}`));
    await send("NOTICE_WEBHOOK_URL", NOTICE);

    expect(inbox.notices("cold")).toEqual([]);
    expect(inbox.unsigned).toHaveLength(2);
  });

  it("takes an e-mail only with the key", async () => {
    const email = { subject: NOTICE.data.title, to: ["ops@example.com"] };
    await send("NOTICE_WEBHOOK_URL", NOTICE, signed(NOTICE, SECRET));
    const [notice] = inbox.notices("cold");

    await send("RESEND_URL", email);
    expect(notice && [...inbox.broughtBy(notice).keys()]).toEqual(["webhook"]);
    await send("RESEND_URL", email, { authorization: `Bearer ${inbox.variables["RESEND_API_KEY"]}` });
    expect(notice && [...inbox.broughtBy(notice).keys()]).toEqual(["e-mail", "webhook"]);
  });
});
