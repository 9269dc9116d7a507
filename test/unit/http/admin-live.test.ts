/** What the dashboard is told, and that its own types say the same as the Worker's. */
import { describe, expect, expectTypeOf, it } from "vitest";
import type * as page from "../../../dashboard/src/view.ts";
import { live, type LiveView } from "../../../src/http/admin-live.ts";
import type { JobEntry } from "../../../src/jobs/index-port.ts";
import type { JobView } from "../../../src/jobs/job.ts";
import type { WatchReport } from "../../../src/watch/findings.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { operatorDeps } from "../../support/operator-deps.ts";

describe("the page's own types", () => {
  it("are what the Worker says", () => {
    expectTypeOf<LiveView>().toExtend<page.LiveView>();
    expectTypeOf<WatchReport>().toExtend<page.WatchReport>();
    expectTypeOf<JobEntry>().toExtend<page.JobEntry>();
    expectTypeOf<JobView>().toExtend<page.JobView>();
  });
});

describe("the live view", () => {
  it("is there while its owners are away, each part that they own null", async () => {
    const clock = createFakeClock();
    const deps = operatorDeps({
      clock,
      switchboard: away,
      jobIndex: away,
      ledgerOperator: away,
      logError: () => undefined,
    });

    const { body } = live(new Request("https://lisbon.test/admin/live"), deps, "id");
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader?.read();
    const second = await clock.run(reader?.read() ?? Promise.reject(new Error("no body")));

    expect(first?.value).toMatch(/^retry: /);
    const data = /^event: view\ndata: (.*)\n\n$/.exec(second.value ?? "")?.[1] ?? "";
    expect(JSON.parse(data)).toMatchObject({ overview: null, pauses: null, jobs: null, budgets: null });
    await reader?.cancel();
  });
});

function away(): never {
  throw new Error("away");
}
