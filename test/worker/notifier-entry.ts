import type { NoticeSettings } from "../../src/domain/routing.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { realClock } from "../../src/lib/clock.ts";
import type { Fetch } from "../../src/lib/fetch.ts";
import { NotifierObject } from "../../src/notify/notifier-object.ts";
import type { NoticeLogLine } from "../../src/notify/outbox.ts";
import type { SenderSettings } from "../../src/notify/send-message.ts";
import { standardRouting } from "../support/standard-routing.ts";

export interface Sent {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

const BEGAN_MS = Date.UTC(2026, 10, 21, 12);

/** The world around the notifiers of a test file: it runs in the isolate of the tests, which change it in place. */
export const noticeWorld = {
  /** By how much the notifiers' clock is ahead of when this begins. It stands still otherwise, so nothing is due by itself. */
  aheadMs: 0,
  sent: [] as Sent[],
  /** What a target does with a message; by its host. A host that is not named here takes it. */
  targets: new Map<string, () => Promise<Response>>(),
  logged: [] as NoticeLogLine[],
  notices: standardRouting().notices,
  senders: { resend: null, signingSecret: null } as SenderSettings,
};

export class Notifier extends NotifierObject {
  protected override notices(): NoticeSettings {
    return noticeWorld.notices;
  }

  protected override senders(): SenderSettings {
    return noticeWorld.senders;
  }

  protected override clock(): Clock {
    return { now: () => BEGAN_MS + noticeWorld.aheadMs, after: (ms, run) => realClock.after(ms / 20, run) };
  }

  protected override fetcher(): Fetch {
    return async (url, init) => {
      noticeWorld.sent.push({
        url,
        headers: new Headers(init.headers),
        body: await new Response(init.body ?? null).text(),
      });
      return (await noticeWorld.targets.get(new URL(url).host)?.()) ?? new Response("ok");
    };
  }

  protected override log(line: NoticeLogLine): void {
    noticeWorld.logged.push(line);
  }
}
