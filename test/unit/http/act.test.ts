/** What a signed link changes, when, and how often; and what its page says where it changes nothing. */
import { describe, expect, it } from "vitest";
import { showAct } from "../../../src/http/act.ts";
import { linkTo } from "../../../src/http/action-token.ts";
import { boxOf, depsOf, openLink, ORIGIN, press, seen, tokenFor } from "../../support/human-with-link.ts";
import { operatorDeps } from "../../support/operator-deps.ts";
import { NIGHT_MS, parkedJob } from "../../support/parked-job.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

describe("looking", () => {
  it("changes nothing, however often and by whom: GET, HEAD, prefetch, a mail scanner", async () => {
    const job = parkedJob({ view: { state: "dead" } });
    for (const action of ["answer", "retry", "cancel", "view"] as const) {
      for (const init of [
        {},
        {},
        { method: "HEAD" },
        { headers: { "sec-purpose": "prefetch" } },
        { headers: { "user-agent": "LinkScanner/1.0", "sec-fetch-site": "cross-site" } },
      ]) {
        expect((await openLink(job, action, init)).status).toBe(200);
      }
    }

    expect(job.changes).toEqual([]);
    expect(job.view().state).toBe("dead");
  });

  it("at a link that was looked at many times, the button still works", async () => {
    const job = parkedJob();
    const token = await tokenFor("answer");
    for (let time = 0; time < 5; time++) await showAct(new Request(linkTo({ origin: ORIGIN, token })), depsOf(job));

    expect((await press(job, { token, text: "Yes." })).status).toBe(200);
  });
});

describe("the button", () => {
  it("sends the answer that stands in the box, with the line breaks that were typed", async () => {
    const job = parkedJob();
    const { status, page } = await press(job, {
      token: await tokenFor("answer"),
      text: "Second visit.\r\nWith her brother.",
    });

    expect(status).toBe(200);
    expect(page).toContain("Your answer was sent.");
    expect(job.changes).toEqual(["answered by a human, through a notice's link: Second visit.\nWith her brother."]);
    expect(page).toContain("by a human");
    expect(page).not.toContain("<form");
  });

  it.each([
    ["retry", "queued", "The call is back in the queue."],
    ["cancel", "cancelled", "The call is cancelled and erased."],
  ] as const)("of %s makes the job %s", async (action, state, said) => {
    const job = parkedJob();
    const { status, page } = await press(job, { token: await tokenFor(action) });

    expect(status).toBe(200);
    expect(job.view().state).toBe(state);
    expect(page).toContain(said);
  });

  it.each(["answer", "retry", "cancel"] as const)("of %s works once", async (action) => {
    const job = parkedJob({ view: { state: "dead" } });
    const token = await tokenFor(action);
    await press(job, { token, text: "one" });
    const again = await press(job, { token, text: "two" });

    expect(job.changes).toHaveLength(1);
    expect([409, 410]).toContain(again.status);
    expect(again.page).toMatch(/nothing was changed|Nothing is left/);
    expect(again.page).not.toContain("<form");
  });

  it("says of a used link that what was done stands, and what to do instead", async () => {
    const job = parkedJob({ view: { state: "dead" } });
    const token = await tokenFor("retry");
    await press(job, { token });
    const { status, page } = await press(job, { token });

    expect(status).toBe(409);
    expect(page).toContain("This link was used before.");
    expect(page).toContain("/admin/jobs");
    expect(page).toContain("waiting in the queue");
  });

  it("of another link, too late, is told that somebody was faster", async () => {
    const job = parkedJob();
    await press(job, { token: await tokenFor("answer"), text: "first" });
    const second = await press(job, { token: await tokenFor("answer"), text: "second" });

    expect(second.status).toBe(409);
    expect(second.page).toContain("Somebody was faster.");
    expect(job.view().answer).toContain("first");
  });

  it("of cancel, left open for an hour, does not erase what was answered meanwhile", async () => {
    const job = parkedJob({ view: { state: "answered", answer: "{}" } });
    const { status } = await press(job, { token: await tokenFor("cancel") });

    expect(status).toBe(409);
    expect(job.view().erased).toBe(false);
  });

  it("of cancel erases a dead call, which is no longer called a human's to decide", async () => {
    const job = parkedJob({ view: { state: "dead" } });
    const { page } = await press(job, { token: await tokenFor("cancel") });

    expect(job.view()).toMatchObject({ state: "dead", erased: true });
    expect(page).toContain("dead, and erased");
    expect(page).not.toContain("a human must decide");
  });

  it("with an empty box sends nothing, keeps the link, and shows the form again", async () => {
    const job = parkedJob({ draft: "so far" });
    const token = await tokenFor("answer");
    const empty = await press(job, { token, text: " \r\n " });

    expect(empty.status).toBe(422);
    expect(empty.page).toContain("The answer is empty.");
    expect(boxOf(empty.page)).toBe("so far");
    expect(job.changes).toEqual([]);
    expect((await press(job, { token, text: "now" })).status).toBe(200);
  });

  it("does nothing with a link that only shows", async () => {
    const job = parkedJob();
    const { status } = await press(job, { token: await tokenFor("view"), text: "an answer" });

    expect(status).toBe(403);
    expect(job.changes).toEqual([]);
  });

  it("takes no body over the limit", async () => {
    const job = parkedJob();
    const deps = operatorDeps();
    const routing = { ...deps.routing, limits: { ...deps.routing.limits, maxBodyBytes: 2048 } };
    const { status, page } = await press(
      job,
      { token: await tokenFor("answer"), text: "x".repeat(3000) },
      {},
      { routing },
    );

    expect(status).toBe(413);
    expect(page).toContain("At most 2 KiB");
    expect(job.changes).toEqual([]);
  });
});

describe("a press that comes from elsewhere", () => {
  it.each([
    [{ "sec-fetch-site": "cross-site", origin: "https://evil.test" }],
    [{ "sec-fetch-site": "same-site", origin: "https://other.lisbon.test" }],
    [{ "sec-fetch-site": "cross-site", origin: "null" }],
    [{ "sec-fetch-site": "none" }],
    [{ origin: "https://evil.test" }],
  ])("with %j changes nothing", async (headers) => {
    const job = parkedJob();
    const { status } = await press(job, { token: await tokenFor("answer"), text: "an answer" }, headers);

    expect(status).toBe(403);
    expect(job.changes).toEqual([]);
  });

  it.each([
    ["a browser's own", { "sec-fetch-site": "same-origin", origin: "null" }],
    ["an older browser's, whose page sends no referrer", { origin: "null" }],
    ["of this origin", { origin: ORIGIN }],
    ["of the address under which the Worker is known", { origin: "https://public.test" }],
    ["of a program that says nothing", {}],
  ])("is not %s", async (_whose, headers) => {
    const job = parkedJob();
    const settings = { ...operatorDeps().settings, publicUrl: "https://public.test" };
    const { status } = await press(job, { token: await tokenFor("answer"), text: "an answer" }, headers, { settings });

    expect(status).toBe(200);
  });
});

describe("a link that does not work", () => {
  it.each([
    ["expired", () => tokenFor("retry", NIGHT_MS - 2 * DAY_MS), 410, "This link has expired."],
    ["cut off", async () => (await tokenFor("retry")).slice(0, -20), 403, "This link does not work."],
    ["of no token at all", () => Promise.resolve(""), 403, "This link does not work."],
  ] as const)(
    "because it is %s gets a plain page that says what to do, asked or pressed",
    async (_why, make, status, title) => {
      const token = await make();
      const job = parkedJob();
      const asked = await seen(await showAct(new Request(linkTo({ origin: ORIGIN, token })), operatorDeps()));
      const pressed = await press(job, { token }, {}, { jobs: operatorDeps().jobs });

      for (const answer of [asked, pressed]) {
        expect(answer.status).toBe(status);
        expect(answer.page).toContain(title);
        expect(answer.page).toContain("/admin/jobs");
        expect(answer.page).not.toContain("<form");
      }
      expect(job.changes).toEqual([]);
    },
  );

  it("because the job is not here says so", async () => {
    const url = linkTo({ origin: ORIGIN, token: await tokenFor("answer") });
    const job = { ...parkedJob().port, view: () => Promise.resolve(null) };
    const answer = await showAct(new Request(url), operatorDeps({ jobs: () => job }));

    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("There is no such call.");
  });

  it("because the Worker has no admin key says what to set", async () => {
    const url = linkTo({ origin: ORIGIN, token: await tokenFor("answer") });
    const settings = { ...operatorDeps().settings, adminKey: null };
    const answer = await showAct(new Request(url), operatorDeps({ settings }));

    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("LISBON_ADMIN_KEY");
  });

  it.each([
    ["answered", { state: "answered", answer: "{}" }],
    ["cancelled", { state: "cancelled", erased: true }],
    ["dead and erased", { state: "dead", erased: true }],
  ] as const)("because the job is %s shows how it stands, and no button", async (_how, view) => {
    const { status, page } = await openLink(parkedJob({ view }), "answer");

    expect(status).toBe(200);
    expect(page).not.toContain("<form");
    expect(page).toMatch(/Nothing is left to be done/i);
  });

  it("for now, because the job is being tried, says when to look again", async () => {
    const { page } = await openLink(parkedJob({ view: { state: "running" } }), "retry");

    expect(page).toContain("It is being tried right now.");
    expect(page).not.toContain("<form");
  });
});
