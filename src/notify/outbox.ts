import type { Notice } from "../domain/notice.ts";
import type { NoticeSettings } from "../domain/routing.ts";
import type { Clock } from "../lib/clock.ts";
import type { Gathered, KeyState } from "./gathering.ts";
import { close, gather, told } from "./gathering.ts";
import type { Message } from "./message.ts";
import { JOBS_NAMED } from "./message.ts";
import type { DeliveryOverview, GatheringOverview, MessageOverview } from "./notifier-port.ts";
import { onDuty } from "./on-call.ts";
import { render } from "./render.ts";
import type { SendOutcome } from "./send-request.ts";
import { targetsOf } from "./targets.ts";

/**
 * The notifier without its Durable Object: which notices become messages, and
 * which message goes to which target when. It sends nothing and waits for
 * nothing; what it says is due stays due until it is told how the try went.
 */
export interface OutboxOptions {
  readonly notices: NoticeSettings;
  readonly clock: Clock;
  readonly store: OutboxStore;
  /** 32 random hex characters. */
  readonly newId: () => string;
  readonly log: (line: NoticeLogLine) => void;
}

/** Every call is synchronous, as SQLite in the object is. */
export interface OutboxStore {
  key(key: string): KeyState | null;
  saveKey(key: string, state: KeyState): void;
  eraseKey(key: string): void;
  /** Keys whose gathered notices are due. */
  keysDue(now: number): readonly string[];
  gathering(): readonly GatheringOverview[];
  /** Each target with the state that its delivery begins in. */
  addMessage(message: Message, deliveries: readonly Delivery[]): void;
  /** Targets that have something due. */
  targetsDue(now: number): readonly string[];
  /** The oldest that is due for this target. */
  nextDue(target: string, now: number): Due | null;
  saveDelivery(delivery: Delivery): void;
  /** What is due for this target before `untilMs` is due no sooner than that. */
  putOff(target: string, untilMs: number): void;
  /** The latest first. */
  messages(most: number): readonly { readonly message: Message; readonly deliveries: readonly DeliveryOverview[] }[];
  /** Null: nothing waits. */
  nextDueMs(): number | null;
  oldestMs(): number | null;
  eraseBefore(messagesMs: number, keysMs: number): void;
  /** True: it was not noted before. */
  noteOnce(name: string): boolean;
}

export interface Delivery extends DeliveryOverview {
  readonly messageId: string;
}

export interface Due {
  readonly message: Message;
  readonly delivery: Delivery;
}

export type NoticeLogLine = { readonly event: string } & Readonly<Record<string, string | number | boolean | null>>;

/** From one try to the next; after the last of them it is given up. */
const RETRY_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 7_200_000];
/** A target that was found ill is left alone so long by the messages that were not tried. */
const PUT_OFF_MS = 5_000;
const LONGEST_RETRY_AFTER_MS = 7_200_000;

const DAY_MS = 24 * 3600_000;
const MESSAGES_KEPT_MS = 7 * DAY_MS;
/** An account may be out until its monthly quota renews, and whoever was told of it is told of the end. */
const KEYS_KEPT_MS = 35 * DAY_MS;
const MESSAGES_SHOWN = 100;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #store: OutboxStore;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  raise(notice: Notice): void {
    const now = this.#now();
    const state = this.#store.key(notice.key);
    if (!notice.closes) {
      this.#store.saveKey(notice.key, gather(state, notice, now, this.#options.notices.windowMs));
      return;
    }
    const closed = close(state, notice, now);
    if (closed === null) return;
    if (closed.unsaid !== null) this.#compose(closed.unsaid, false, null);
    this.#compose(closed.closing, false, closed.openForMs);
    this.#store.eraseKey(notice.key);
  }

  /** Makes messages of what was gathered long enough. */
  flush(): void {
    const now = this.#now();
    for (const key of this.#store.keysDue(now)) {
      const state = this.#store.key(key);
      if (state === null || state.waiting === null) continue;
      this.#compose(state.waiting, isRepeat(state, state.waiting, this.#options.notices.windowMs), null);
      this.#store.saveKey(key, told(state, now));
    }
    this.#store.eraseBefore(now - MESSAGES_KEPT_MS, now - KEYS_KEPT_MS);
  }

  targetsDue(): readonly string[] {
    return this.#store.targetsDue(this.#now());
  }

  nextDue(target: string): Due | null {
    return this.#store.nextDue(target, this.#now());
  }

  /** Returns whether this target may be tried with the next message now. */
  settle({ message, delivery }: Due, outcome: SendOutcome): boolean {
    const now = this.#now();
    const settled = this.#afterTry(delivery, outcome, now);
    this.#store.saveDelivery(settled);
    const { target, attempts, state, detail } = settled;
    if (state === "not_configured") {
      if (this.#store.noteOnce(`not_configured ${target}`)) {
        this.#options.log({ event: "notice_target_not_configured", target, detail });
      }
      return true;
    }
    if (state === "arrived") return true;
    const event = state === "given_up" ? "notice_given_up" : "notice_not_sent";
    this.#options.log({ event, message: message.id, kind: message.notice.kind, target, attempts, detail });
    if (outcome.kind !== "failed" || !outcome.targetDown) return true;
    this.#store.putOff(target, now + Math.max(PUT_OFF_MS, cappedRetryAfter(outcome.retryAfterMs)));
    return false;
  }

  /** A message that is sent at once, past every window, and is shown with the others. */
  composeNow(notice: Notice): Message {
    return this.#message(single(notice, this.#now()), false, null);
  }

  keep(message: Message, deliveries: readonly Delivery[]): void {
    this.#store.addMessage(message, deliveries);
  }

  overview(): { readonly messages: readonly MessageOverview[]; readonly gathering: readonly GatheringOverview[] } {
    const messages = this.#store.messages(MESSAGES_SHOWN).map(({ message, deliveries }) => ({
      id: message.id,
      kind: message.notice.kind,
      key: message.notice.key,
      title: render(message).title,
      atMs: message.composedAtMs,
      count: message.count,
      jobIds: message.notice.jobIds,
      deliveries,
    }));
    return { messages, gathering: this.#store.gathering() };
  }

  /** When there is something to do without being asked; null: never. */
  nextDueMs(): number | null {
    const oldestMs = this.#store.oldestMs();
    const due = [this.#store.nextDueMs(), oldestMs === null ? null : oldestMs + MESSAGES_KEPT_MS + 1];
    const known = due.filter((moment) => moment !== null);
    return known.length === 0 ? null : Math.min(...known);
  }

  #compose(gathered: Gathered, repeats: boolean, openForMs: number | null): void {
    const message = this.#message(gathered, repeats, openForMs);
    const { notice, count, jobs, id } = message;
    this.#options.log({
      event: "notice",
      message: id,
      kind: notice.kind,
      key: notice.key,
      title: notice.title,
      count,
      jobs,
    });
    const targets = targetsOf(message, this.#options.notices);
    if (targets.length === 0 && this.#store.noteOnce("no targets")) this.#options.log({ event: "notice_no_targets" });
    const dueAtMs = message.composedAtMs;
    const fresh = { messageId: id, state: "waiting", attempts: 0, detail: null, triedAtMs: null, dueAtMs } as const;
    this.#store.addMessage(
      message,
      targets.map(({ name }) => ({ ...fresh, target: name })),
    );
  }

  #message({ notice, count, jobs, sinceMs }: Gathered, repeats: boolean, openForMs: number | null): Message {
    const now = this.#now();
    const { notices, newId } = this.#options;
    return {
      id: `msg_${newId()}`,
      notice,
      count,
      jobs,
      sinceMs,
      repeats,
      openForMs,
      composedAtMs: now,
      onCall: onDuty(notices.onCall, now, notice.reminders),
    };
  }

  #afterTry(delivery: Delivery, outcome: SendOutcome, now: number): Delivery {
    const attempts = delivery.attempts + 1;
    const tried = { ...delivery, attempts, triedAtMs: now, dueAtMs: null };
    if (outcome.kind !== "failed") {
      return { ...tried, state: outcome.kind, detail: outcome.kind === "arrived" ? null : outcome.detail };
    }
    const retryMs = RETRY_MS[attempts - 1];
    if (retryMs === undefined || outcome.final) return { ...tried, state: "given_up", detail: outcome.detail };
    const waitMs = Math.max(retryMs, cappedRetryAfter(outcome.retryAfterMs));
    return { ...tried, state: "waiting", detail: outcome.detail, dueAtMs: now + waitMs };
  }

  #now(): number {
    return this.#options.clock.now();
  }
}

function isRepeat({ toldAtMs, toldReminders }: KeyState, waiting: Gathered, windowMs: number): boolean {
  return toldAtMs !== null && waiting.sinceMs < toldAtMs + windowMs && waiting.notice.reminders <= toldReminders;
}

function cappedRetryAfter(retryAfterMs: number | null): number {
  return Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
}

function single(notice: Notice, now: number): Gathered {
  return {
    notice: { ...notice, jobIds: notice.jobIds.slice(0, JOBS_NAMED) },
    count: 1,
    jobs: notice.jobIds.length,
    sinceMs: now,
    dueMs: now,
  };
}
