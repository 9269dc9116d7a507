import { DurableObject } from "cloudflare:workers";
import type { Notice } from "../domain/notice.ts";
import { QUIET_NOTICE } from "../domain/notice.ts";
import type { NoticeSettings } from "../domain/routing.ts";
import type { Clock } from "../lib/clock.ts";
import { realClock } from "../lib/clock.ts";
import type { Fetch } from "../lib/fetch.ts";
import { deliverDue } from "./deliver-due.ts";
import type { Message } from "./message.ts";
import type { NoticesOverview, NotifierPort, SenderResult } from "./notifier-port.ts";
import { NotifierTables } from "./notifier-tables.ts";
import { onDuty } from "./on-call.ts";
import type { Delivery, Due, NoticeLogLine } from "./outbox.ts";
import { Outbox } from "./outbox.ts";
import type { SenderSettings } from "./send-message.ts";
import { sendMessage } from "./send-message.ts";
import type { SendOutcome } from "./send-request.ts";
import type { NamedTarget } from "./targets.ts";
import { namedTargets, targetNamed } from "./targets.ts";

/**
 * The notifier's Durable Object: a thin shell that gives the outbox its
 * storage and its alarm. Whoever raises a notice waits for one write and for
 * no sender; the alarm sends.
 */
export abstract class NotifierObject<Env = unknown> extends DurableObject<Env> implements NotifierPort {
  readonly #tables: NotifierTables;
  #outbox: Outbox | null = null;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#tables = new NotifierTables(state.storage.sql);
  }

  /** What the map says of notices. Asked once for each life of the object. */
  protected abstract notices(): NoticeSettings;

  /** Asked at each send. */
  protected abstract senders(): SenderSettings;

  protected fetcher(): Fetch {
    return (url, init) => fetch(url, init);
  }

  protected clock(): Clock {
    return realClock;
  }

  protected log(line: NoticeLogLine): void {
    console.log(JSON.stringify(line));
  }

  async raise(notice: Notice): Promise<void> {
    this.#open().raise(notice);
    await this.#setAlarm();
  }

  async sendTest(): Promise<readonly SenderResult[]> {
    const outbox = this.#open();
    const message = outbox.composeNow(testNotice(this.clock().now()));
    const tried = await Promise.all(
      namedTargets(this.notices()).map(async (named) =>
        this.#tested(named, message, await this.#send(message, named.target)),
      ),
    );
    outbox.keep(
      message,
      tried.map(({ delivery }) => delivery),
    );
    await this.#setAlarm();
    return tried.map(({ result }) => result);
  }

  async overview(): Promise<NoticesOverview> {
    const now = this.clock().now();
    const notices = this.notices();
    const overview = {
      atMs: now,
      onCall: onDuty(notices.onCall, now),
      targets: namedTargets(notices).map(({ name, target }) => ({ target: name, kind: target.kind })),
      ...this.#open().overview(),
      alarmFailure: this.#tables.note(ALARM_FAILURE),
    };
    await this.#setAlarm();
    return overview;
  }

  /** Never throws: after six throws the platform would give up for good. */
  override async alarm(): Promise<void> {
    try {
      // First of all the next alarm, for the work may die with the object.
      await this.ctx.storage.setAlarm(Date.now() + ALARM_AGAIN_MS);
      await deliverDue(this.#open(), { clock: this.clock(), send: (due) => this.#sendDue(due) });
      await this.#setAlarm("replace");
    } catch (cause) {
      this.#noteAlarmFailure(`${new Date(this.clock().now()).toISOString()} ${String(cause)}`.slice(0, 500));
    }
  }

  #noteAlarmFailure(what: string): void {
    this.log({ event: "notifier_alarm_failed", what });
    try {
      this.#tables.saveNote(ALARM_FAILURE, what);
    } catch {
      // Storage that cannot take a note cannot be helped here; the log has it.
    }
  }

  #open(): Outbox {
    this.#outbox ??= new Outbox({
      notices: this.notices(),
      clock: this.clock(),
      store: this.#tables,
      newId: () => crypto.randomUUID().replaceAll("-", ""),
      log: (line) => this.log(line),
    });
    return this.#outbox;
  }

  #sendDue({ message, delivery }: Due): Promise<SendOutcome> {
    const target = targetNamed(delivery.target, this.notices());
    if (target !== null) return this.#send(message, target);
    const detail = "the map no longer has this target";
    return Promise.resolve({ kind: "failed", detail, retryAfterMs: null, targetDown: false, final: true });
  }

  async #send(message: Message, target: NamedTarget["target"]): Promise<SendOutcome> {
    const clock: Clock = {
      // A signature's time is checked by the receiver's clock, which nobody has moved.
      now: () => realClock.now(),
      after: (ms, run) => this.clock().after(ms, run),
    };
    try {
      return await sendMessage(message, target, this.senders(), { fetch: this.fetcher(), clock });
    } catch (cause) {
      // A bug of ours in one sender must hold up neither the others nor the alarm. Its text may hold anything.
      const detail = `the sender broke: ${cause instanceof Error ? cause.name : "unknown"}`;
      return { kind: "failed", detail, retryAfterMs: null, targetDown: false, final: false };
    }
  }

  #tested({ name, target }: NamedTarget, message: Message, outcome: SendOutcome): Tested {
    const detail = outcome.kind === "arrived" ? null : outcome.detail;
    const state = outcome.kind === "failed" ? "given_up" : outcome.kind;
    const triedAtMs = this.clock().now();
    return {
      result: { target: name, kind: target.kind, outcome: outcome.kind, detail },
      delivery: { messageId: message.id, target: name, state, attempts: 1, detail, triedAtMs, dueAtMs: null },
    };
  }

  /** The alarm is the earliest due time of the rows. Asked at every request: a missing alarm is set again. */
  async #setAlarm(how: "sooner" | "replace" = "sooner"): Promise<void> {
    const dueMs = this.#open().nextDueMs();
    if (dueMs === null) {
      if (how === "replace") await this.ctx.storage.deleteAlarm();
      return;
    }
    // Rows are by the object's clock, which a test may move; the platform's alarm knows the real one only.
    const atMs = Date.now() + Math.max(0, dueMs - this.clock().now());
    const setMs = how === "sooner" ? await this.ctx.storage.getAlarm() : null;
    if (setMs === null || atMs < setMs) await this.ctx.storage.setAlarm(atMs);
  }
}

interface Tested {
  readonly result: SenderResult;
  readonly delivery: Delivery;
}

/** Where the work of an alarm is lost, it is done again this much later. */
const ALARM_AGAIN_MS = 30_000;
const ALARM_FAILURE = "alarm_failure";

function testNotice(now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "test",
    key: "test",
    title: "Lisbon can reach you here",
    why: "An operator asked for a test of every sender.",
    nextAction: "Nothing: this is a test.",
    atMs: now,
  };
}
