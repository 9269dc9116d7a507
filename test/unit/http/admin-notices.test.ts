import { describe, expect, it } from "vitest";
import { notices, testNotices } from "../../../src/http/admin-notices.ts";
import type { NotifierPort } from "../../../src/notify/notifier-port.ts";
import { operatorDeps } from "../../support/operator-deps.ts";
import { START } from "../notify/support.ts";

const request = new Request("https://lisbon.test/admin/notices");

function depsOf(port: Partial<NotifierPort>) {
  const notifier: NotifierPort = { raise: notAsked, sendTest: notAsked, overview: notAsked, ...port };
  return operatorDeps({ notifier: () => notifier });
}

function notAsked(): never {
  throw new Error("asked what the test did not foresee");
}

describe("GET /admin/notices", () => {
  it("shows what was told to whom, what waits and who is on call, with moments as dates", async () => {
    const delivery = { target: "slack hooks.slack.com", state: "waiting", attempts: 1, detail: "status 500" } as const;
    const deps = depsOf({
      overview: async () => ({
        atMs: START,
        onCall: null,
        targets: [{ target: "slack hooks.slack.com", kind: "slack" }],
        messages: [
          {
            id: "msg_1",
            kind: "cold",
            key: "cold",
            title: "A call was parked",
            atMs: START,
            count: 1,
            jobIds: ["job_1"],
            deliveries: [{ ...delivery, triedAtMs: START, dueAtMs: START + 5_000 }],
          },
        ],
        gathering: [{ key: "cold", kind: "cold", count: 3, dueAtMs: START + 2_000 }],
        alarmFailure: null,
      }),
    });

    expect(await (await notices(request, deps)).json()).toEqual({
      at: "2026-11-20T14:00:00.000Z",
      on_call: null,
      targets: [{ target: "slack hooks.slack.com", kind: "slack" }],
      gathering: [{ key: "cold", kind: "cold", count: 3, due_at: "2026-11-20T14:00:02.000Z" }],
      sent: [
        {
          id: "msg_1",
          kind: "cold",
          key: "cold",
          title: "A call was parked",
          at: "2026-11-20T14:00:00.000Z",
          count: 1,
          job_ids: ["job_1"],
          deliveries: [{ ...delivery, tried_at: "2026-11-20T14:00:00.000Z", due_at: "2026-11-20T14:00:05.000Z" }],
        },
      ],
      alarm_failure: null,
    });
  });
});

describe("POST /admin/notices/test", () => {
  it("says which arrived and why the others did not", async () => {
    const results = [
      { target: "slack hooks.slack.com", kind: "slack", outcome: "arrived", detail: null },
      { target: "email a@b.c", kind: "email", outcome: "not_configured", detail: "RESEND_API_KEY is missing" },
    ] as const;

    const reply = await testNotices(request, depsOf({ sendTest: async () => results }));
    expect(await reply.json()).toEqual({ arrived: 1, results });
  });

  it("says where to name somebody when the map names nobody", async () => {
    const reply = await testNotices(request, depsOf({ sendTest: async () => [] }));

    expect(await reply.json()).toMatchObject({ arrived: 0, results: [], hint: expect.stringContaining("cold.notify") });
  });
});
