/** The notifier as its object hosts it: the outbox on real SQLite, sending to a target that takes everything. */
import type { Notice } from "../../../src/domain/notice.ts";
import type { NoticeSettings } from "../../../src/domain/routing.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { deliverDue } from "../../../src/notify/deliver-due.ts";
import type { Message } from "../../../src/notify/message.ts";
import { NotifierTables } from "../../../src/notify/notifier-tables.ts";
import { Outbox } from "../../../src/notify/outbox.ts";
import { createSqlStorage } from "../sql-storage.ts";
import { WorldAlarm } from "./alarm.ts";

export interface WorldNotifier {
  readonly sent: readonly Message[];
  raise(notice: Notice): Promise<void>;
}

export function createNotifier(notices: NoticeSettings, clock: Clock): WorldNotifier {
  const sent: Message[] = [];
  let ids = 0;
  const outbox = new Outbox({
    notices,
    clock,
    store: new NotifierTables(createSqlStorage()),
    newId: () => (ids++).toString(16).padStart(32, "0"),
    log: () => undefined,
  });
  const alarm = new WorldAlarm(clock, async () => {
    await deliverDue(outbox, {
      clock,
      send: ({ message }) => {
        sent.push(message);
        return Promise.resolve({ kind: "arrived" });
      },
    });
    setAlarm();
  });

  function setAlarm(): void {
    const dueMs = outbox.nextDueMs();
    if (dueMs !== null && (alarm.atMs === null || dueMs < alarm.atMs)) alarm.set(dueMs);
  }

  return {
    sent,
    raise(notice) {
      outbox.raise(notice);
      setAlarm();
      return Promise.resolve();
    },
  };
}
