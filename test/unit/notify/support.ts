import type { Notice } from "../../../src/domain/notice.ts";
import { QUIET_NOTICE } from "../../../src/domain/notice.ts";
import type { NoticeSettings, OnCall } from "../../../src/domain/routing.ts";
import type { Message } from "../../../src/notify/message.ts";
import type { Delivery, NoticeLogLine } from "../../../src/notify/outbox.ts";
import { Outbox } from "../../../src/notify/outbox.ts";
import { NotifierTables } from "../../../src/notify/notifier-tables.ts";
import type { SendOutcome } from "../../../src/notify/send-request.ts";
import { createSqlStorage } from "../../support/sql-storage.ts";
import { standardRouting } from "../../support/standard-routing.ts";

export const START = Date.UTC(2026, 10, 20, 14, 0);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export function jobId(number: number): string {
  return `job_${number.toString(16).padStart(32, "0")}`;
}

export function noticeOf(more: Partial<Notice> = {}): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "cold",
    key: "cold",
    title: "A call was parked",
    why: "No route could answer it.",
    nextAction: "Nothing: it is tried again by itself.",
    atMs: START,
    ...more,
  };
}

export function messageOf(more: Partial<Message> = {}): Message {
  return {
    id: `msg_${"0".repeat(32)}`,
    notice: noticeOf(),
    count: 1,
    jobs: 0,
    sinceMs: START,
    repeats: false,
    openForMs: null,
    composedAtMs: START,
    onCall: null,
    ...more,
  };
}

export function settingsOf(more: Partial<NoticeSettings> = {}): NoticeSettings {
  return {
    ...standardRouting().notices,
    targets: [{ kind: "slack", url: "https://hooks.slack.com/services/T/B/x" }],
    ...more,
  };
}

export function person(name: string, tz: string, hours: string | null, contact = `${name}@example.com`): OnCall {
  if (hours === null) return { name, tz, hours: null, contact };
  const [from = 0, to = 0] = hours.split("-").map((time) => {
    const [hour = 0, minute = 0] = time.split(":").map(Number);
    return hour * 60 + minute;
  });
  return { name, tz, hours: { fromMinute: from, toMinute: to }, contact };
}

export const SLACK = "slack hooks.slack.com";

/** An outbox over real SQLite, with a clock that stands until it is moved. */
export class OutboxStage {
  now = START;
  readonly logged: NoticeLogLine[] = [];
  readonly settings: NoticeSettings;
  readonly tables = new NotifierTables(createSqlStorage());
  outbox: Outbox;

  constructor(more: Partial<NoticeSettings> = {}) {
    this.settings = settingsOf(more);
    this.outbox = this.opened();
  }

  /** The outbox after an eviction: the same tables, nothing else. */
  opened(): Outbox {
    let count = this.tables.messages(1000).length;
    return new Outbox({
      notices: this.settings,
      clock: { now: () => this.now, after: () => () => undefined },
      store: this.tables,
      newId: () => (count++).toString(16).padStart(32, "0"),
      log: (line) => this.logged.push(line),
    });
  }

  raise(...notices: readonly Notice[]): void {
    for (const notice of notices) this.outbox.raise({ ...notice, atMs: this.now });
  }

  pass(ms: number): void {
    this.now += ms;
  }

  /** What the alarm would send to a target now, each with its outcome settled. */
  sent(target = SLACK, outcome: SendOutcome = { kind: "arrived" }): readonly Message[] {
    this.outbox.flush();
    const messages: Message[] = [];
    for (let due = this.outbox.nextDue(target); due !== null; due = this.outbox.nextDue(target)) {
      messages.push(due.message);
      if (!this.outbox.settle(due, outcome)) break;
    }
    return messages;
  }

  deliveries(target = SLACK): readonly Omit<Delivery, "messageId">[] {
    return this.outbox
      .overview()
      .messages.toReversed()
      .flatMap(({ deliveries }) => deliveries.filter((each) => each.target === target));
  }
}

export const failed: Extract<SendOutcome, { kind: "failed" }> = {
  kind: "failed",
  detail: "status 500",
  retryAfterMs: null,
  targetDown: true,
  final: false,
};
