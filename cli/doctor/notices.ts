/** A marked notice through every sender: by the Worker where one runs, otherwise from here. */
import { randomUUID } from "node:crypto";
import { QUIET_NOTICE } from "../../src/domain/notice.ts";
import type { NoticeSettings } from "../../src/domain/routing.ts";
import { realClock } from "../../src/lib/clock.ts";
import { onDuty } from "../../src/notify/on-call.ts";
import type { Message } from "../../src/notify/message.ts";
import { sendMessage } from "../../src/notify/send-message.ts";
import type { SenderSettings } from "../../src/notify/send-message.ts";
import { namedTargets } from "../../src/notify/targets.ts";
import type { AdminOptions } from "../admin-address.ts";
import { TestedNotices } from "../admin-schemas.ts";
import { askAdminFor, posting } from "../ask-admin.ts";
import type { Variables } from "../variables-from.ts";
import type { Looked } from "./finding.ts";

export async function testByWorker(options: AdminOptions): Promise<readonly Looked[]> {
  const tested = await askAdminFor(TestedNotices, options, "/admin/notices/test", posting());
  if (!tested.ok) {
    const { message, next } = tested.failure;
    return [{ verdict: "wrong", what: "notices", said: message, next }];
  }
  return linesOf(tested.value.results);
}

export async function testFromHere(notices: NoticeSettings, variables: Variables): Promise<readonly Looked[]> {
  const outside = { fetch: async (url: string, init: RequestInit) => await fetch(url, init), clock: realClock };
  const message = testMessage(notices);
  const results = await Promise.all(
    namedTargets(notices).map(async ({ name, target }) => {
      const sent = await sendMessage(message, target, sendersIn(variables), outside);
      return { target: name, outcome: sent.kind, detail: "detail" in sent ? sent.detail : null };
    }),
  );
  return linesOf(results);
}

function linesOf(
  results: readonly { readonly target: string; readonly outcome: string; readonly detail: string | null }[],
): readonly Looked[] {
  if (results.length === 0) {
    const said = "nobody is told of anything";
    return [
      { verdict: "warn", what: "notices", said, next: "Name somebody in the map: cold.notify (docs/notices.md)." },
    ];
  }
  return results.map(({ target, outcome, detail }): Looked => {
    if (outcome === "arrived") return { verdict: "ok", what: target, said: "the test notice was taken" };
    const next = "docs/notices.md says what each sender needs.";
    return { verdict: "wrong", what: target, said: `${outcome}${detail === null ? "" : `: ${detail}`}`, next };
  });
}

function sendersIn(variables: Variables): SenderSettings {
  const { RESEND_API_KEY: apiKey, NOTICE_FROM: from, RESEND_URL: url } = variables;
  return {
    // https://resend.com/docs/api-reference/introduction
    resend: apiKey && from ? { url: url ?? "https://api.resend.com", apiKey, from } : null,
    signingSecret: variables["LISBON_SIGNING_SECRET"] ?? null,
  };
}

function testMessage({ onCall }: NoticeSettings): Message {
  const now = Date.now();
  return {
    id: `msg_${randomUUID().replaceAll("-", "")}`,
    notice: {
      ...QUIET_NOTICE,
      kind: "test",
      key: "test",
      title: "Lisbon can reach you here",
      why: "Somebody ran lisbon doctor --notify.",
      nextAction: "Nothing: this is a test.",
      atMs: now,
    },
    count: 1,
    jobs: 0,
    sinceMs: now,
    repeats: false,
    openForMs: null,
    composedAtMs: now,
    onCall: onDuty(onCall, now),
  };
}
