/**
 * The life of a message: accepted, delivered when it is due, retried, delivered
 * or given up. Start reading here; the API (`api/`) only translates.
 */
import { randomBytes } from "node:crypto";
import { callbackBody, type Attempted } from "./callback-body.ts";
import type { Clock } from "./clock.ts";
import type { Courier } from "./courier.ts";
import { DeadLetters } from "./dead-letters.ts";
import { Deduplication, deduplicationIdOf } from "./deduplication.ts";
import type { Answered } from "./deliver.ts";
import { EventLog } from "./event-log.ts";
import type { DeliveryFault, FaultRules, Met } from "./faults.ts";
import type { Filter } from "./filter.ts";
import { FlowControl } from "./flow-control.ts";
import type { Callback, Message } from "./message.ts";
import type { Plan } from "./plan.ts";
import { type PublishOptions, readPublishHeaders } from "./publish-headers.ts";
import { retryDelayMs } from "./retry-delay.ts";

export interface Published {
  readonly messageId: string;
  readonly deduplicated?: true;
}

export interface Origin {
  readonly scheduleId?: string;
}

interface Posted {
  readonly message: Message;
  retried: number;
}

export interface PostOfficeOptions {
  readonly clock: Clock;
  readonly courier: Courier;
  readonly rules: FaultRules;
  readonly plan: Plan;
}

export class PostOffice {
  readonly flow: FlowControl;
  readonly deadLetters = new DeadLetters();
  readonly log = new EventLog();
  readonly clock: Clock;
  readonly plan: Plan;
  private readonly courier: Courier;
  private readonly rules: FaultRules;
  private readonly deduplication = new Deduplication();
  private readonly posted = new Map<string, Posted>();
  /** Due while QStash is down. */
  private held: Posted[] = [];
  /** Waiting until another has gone before them. */
  private overtaken: Posted[] = [];
  private closed = false;

  constructor({ clock, courier, rules, plan }: PostOfficeOptions) {
    this.clock = clock;
    this.courier = courier;
    this.rules = rules;
    this.plan = plan;
    this.flow = new FlowControl(clock);
  }

  publish(url: string, options: PublishOptions, body: Buffer, origin: Origin = {}): Published {
    const now = this.clock.now();
    const duplicateOf = deduplicationIdOf(url, options, body);
    const earlier = duplicateOf === undefined ? undefined : this.deduplication.earlier(duplicateOf, now);
    if (earlier !== undefined) return { messageId: earlier, deduplicated: true };

    const message: Message = {
      messageId: `msg_${randomBytes(20).toString("base64url")}`,
      url,
      method: options.method,
      body,
      headers: options.headers,
      maxRetries: options.retries,
      retryDelay: options.retryDelay,
      timeoutMs: options.timeoutMs,
      createdAt: now,
      notBefore: options.notBefore ?? now + options.delayMs,
      labels: options.labels,
      flowControl: options.flowControl,
      callback: options.callback,
      failureCallback: options.failureCallback,
      scheduleId: origin.scheduleId,
    };
    if (duplicateOf !== undefined) this.deduplication.remember(duplicateOf, message.messageId, now);
    if (message.flowControl !== undefined) this.flow.configure(message.flowControl);
    this.post(message);
    return { messageId: message.messageId };
  }

  find(messageId: string): Message | undefined {
    return this.posted.get(messageId)?.message;
  }

  select(filter: Filter): readonly Message[] {
    return [...this.posted.values()]
      .map(({ message }) => message)
      .filter((message) =>
        filter({
          messageId: message.messageId,
          url: message.url,
          time: message.createdAt,
          labels: message.labels,
          flowControlKey: message.flowControl?.key,
          scheduleId: message.scheduleId,
          more: {},
        }),
      );
  }

  /** A delivery on its way still arrives: "it might be too late to cancel". */
  cancel(message: Message): void {
    this.posted.delete(message.messageId);
    this.log.add(this.clock.now(), "CANCELLED", message);
  }

  /** What was due while QStash was down goes out now. */
  release(): void {
    if (this.rules.isDown()) return;
    const held = this.held;
    this.held = [];
    for (const posted of held) this.due(posted);
  }

  /** Nothing is sent from here on. */
  close(): void {
    this.closed = true;
    this.posted.clear();
  }

  private post(message: Message): void {
    const posted = { message, retried: 0 };
    this.posted.set(message.messageId, posted);
    this.plan.count();
    this.log.add(message.createdAt, "CREATED", message);
    this.wake(posted, message.notBefore);
  }

  private wake(posted: Posted, timeMs: number): void {
    if (timeMs <= this.clock.now()) this.due(posted);
    else this.clock.at(timeMs, () => this.due(posted));
  }

  private due(posted: Posted): void {
    if (this.isGone(posted)) return;
    if (this.rules.isDown()) {
      this.held.push(posted);
      return;
    }
    const fault = this.rules.meetDelivery(posted.message.url);
    switch (fault?.name) {
      case "drop":
        return;
      case "late":
        this.clock.at(this.clock.now() + fault.ms, () => this.enter(posted, undefined));
        return;
      case "reorder":
        this.overtaken.push(posted);
        return;
      default:
        this.enter(posted, fault);
    }
  }

  private enter(posted: Posted, fault: Met<DeliveryFault> | undefined): void {
    const key = posted.message.flowControl?.key;
    if (key === undefined) {
      void this.courier.track(this.attempt(posted, fault));
      return;
    }
    this.flow.enter(
      key,
      () => void this.courier.track(this.attempt(posted, fault).finally(() => this.flow.leave(key))),
    );
  }

  private async attempt(posted: Posted, fault: Met<DeliveryFault> | undefined): Promise<void> {
    if (this.isGone(posted)) return;
    const { message, retried } = posted;
    this.log.add(this.clock.now(), "ACTIVE", message);
    const answered = await this.courier.deliver({ message, retried }, fault);
    this.settle(posted, answered);
    const overtaken = this.overtaken;
    this.overtaken = [];
    for (const other of overtaken) this.enter(other, undefined);
  }

  private settle(posted: Posted, answered: Answered): void {
    if (this.closed) return;
    const { message, retried } = posted;
    const now = this.clock.now();
    const attempted = { message, retried, answered };
    if (isSuccess(answered)) {
      this.posted.delete(message.messageId);
      this.log.add(now, "DELIVERED", message);
      this.callBack(message.callback, attempted);
      return;
    }
    this.log.add(now, "ERROR", message, errorOf(answered));
    // "Called after each attempt", as the schedules' page has it.
    this.callBack(message.callback, attempted);
    if (this.isGone(posted)) return;
    if (retried >= message.maxRetries || isNonRetryable(answered)) {
      this.giveUp(attempted);
      return;
    }
    posted.retried += 1;
    this.plan.count();
    const delayMs = retryDelayMs({ retried, headers: answered.headers, expression: message.retryDelay, now });
    this.log.add(now, "RETRY", message, { nextDeliveryTime: now + delayMs });
    this.wake(posted, now + delayMs);
  }

  private giveUp(attempted: Attempted): void {
    const { message, answered } = attempted;
    const now = this.clock.now();
    this.posted.delete(message.messageId);
    this.log.add(now, "FAILED", message, errorOf(answered));
    const letter = this.deadLetters.add(message, answered, now);
    this.callBack(message.failureCallback, attempted, letter.dlqId);
  }

  /** A message of its own, charged and retried as any other. */
  private callBack(callback: Callback | undefined, attempted: Attempted, dlqId?: string): void {
    if (callback === undefined) return;
    const options = readPublishHeaders({ "content-type": "application/json", ...callback.headers });
    if (typeof options === "string") throw new Error(`a callback was accepted that cannot be sent: ${options}`);
    this.publish(callback.url, options, callbackBody(attempted, dlqId));
  }

  private isGone({ message }: Posted): boolean {
    return !this.posted.has(message.messageId);
  }
}

function isSuccess({ status }: Answered): boolean {
  return status >= 200 && status < 300;
}

/** https://upstash.com/docs/qstash/features/retry: 489 with this header goes straight to the dead letters. */
function isNonRetryable({ status, headers }: Answered): boolean {
  return status === 489 && headers.get("upstash-nonretryable-error") === "true";
}

function errorOf({ status, body }: Answered): Readonly<Record<string, unknown>> {
  return status === 0
    ? { error: body.toString("utf8") }
    : { responseStatus: status, responseBody: body.toString("base64") };
}
