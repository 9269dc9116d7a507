/**
 * Carries one attempt to its destination: signs it, bounds its time, writes down
 * what was sent and what came back, and plays the faults that happen on the way.
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "./clock.ts";
import { type Answered, bodyOf, type Outgoing, outgoing, send } from "./deliver.ts";
import type { DeliveryFault, Met } from "./faults.ts";
import type { Message } from "./message.ts";
import { sign, type SigningKeys } from "./signature.ts";

export interface Delivery {
  readonly messageId: string;
  readonly url: string;
  readonly method: string;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly retried: number;
  /** By the clock of this QStash. */
  readonly at: number;
  /** The fault that this request is the work of, or met. */
  readonly fault: DeliveryFault | null;
  /** null while it is under way, 0 where no answer came. */
  status: number | null;
}

export interface CourierOptions {
  readonly clock: Clock;
  readonly keys: SigningKeys;
  readonly responseMs: () => number;
}

interface Attempt {
  readonly message: Message;
  readonly retried: number;
}

/** The newest only: a long-lived development server would grow without end. */
const KEPT = 10_000;

export class Courier {
  readonly deliveries: Delivery[] = [];
  private readonly options: CourierOptions;
  private readonly underway = new Set<Promise<unknown>>();
  private readonly closing = new AbortController();

  constructor(options: CourierOptions) {
    this.options = options;
  }

  /** The answer that decides over the message: the first true one. */
  async deliver(attempt: Attempt, fault: Met<DeliveryFault> | undefined): Promise<Answered> {
    const name = fault?.name ?? null;
    const skewMs = name === "skew" ? (fault?.ms ?? 0) : 0;
    const genuine = this.signed(attempt, skewMs);
    const falseOne = this.falseOne(attempt, genuine, name);
    if (falseOne !== undefined) await this.request(attempt, falseOne, name);
    const copy = name === "twice" ? this.request(attempt, this.signed(attempt, 0), name) : undefined;
    const answered = await this.request(attempt, genuine, falseOne === undefined ? name : null);
    await copy;
    if (name === "replay") this.later(fault?.ms ?? 0, () => this.request(attempt, genuine, name));
    if (name === "again") this.later(fault?.ms ?? 0, () => this.request(attempt, this.signed(attempt, 0), name));
    return answered;
  }

  /** Keeps `settled` waiting until it has ended. */
  track<Value>(work: Promise<Value>): Promise<Value> {
    this.underway.add(work);
    const done = (): void => void this.underway.delete(work);
    work.then(done, done);
    return work;
  }

  async settled(): Promise<void> {
    while (this.underway.size > 0) await Promise.allSettled(this.underway);
  }

  close(): void {
    this.closing.abort();
  }

  private signed(attempt: Attempt, skewMs: number): Outgoing {
    const { message, retried } = attempt;
    const now = this.options.clock.now() + skewMs;
    return outgoing(
      message,
      retried,
      sign(this.options.keys.current, { url: message.url, body: bodyOf(message), now }),
    );
  }

  /** What somebody else sends in QStash's name. */
  private falseOne(attempt: Attempt, genuine: Outgoing, name: DeliveryFault | null): Outgoing | undefined {
    const { message, retried } = attempt;
    const { url } = message;
    const body = bodyOf(message);
    const now = this.options.clock.now();
    switch (name) {
      case "unsigned":
        return outgoing(message, retried, undefined);
      case "forge":
        return outgoing(message, retried, sign(randomBytes(16).toString("hex"), { url, body, now }));
      case "tamper":
        return { ...genuine, body: Buffer.concat([body, Buffer.from(" ")]) };
      case "other-url":
        return outgoing(message, retried, sign(this.options.keys.current, { url: `${url}/elsewhere`, body, now }));
      default:
        return undefined;
    }
  }

  private later(ms: number, run: () => Promise<unknown>): void {
    const start = (): void => void this.track(run());
    if (ms > 0) this.options.clock.at(this.options.clock.now() + ms, start);
    else start();
  }

  private async request(attempt: Attempt, request: Outgoing, fault: DeliveryFault | null): Promise<Answered> {
    const { message, retried } = attempt;
    const { clock } = this.options;
    const delivery: Delivery = {
      messageId: message.messageId,
      url: request.url,
      method: request.method,
      headers: request.headers,
      body: request.body.toString("utf8"),
      retried,
      at: clock.now(),
      fault,
      status: null,
    };
    this.deliveries.push(delivery);
    if (this.deliveries.length > KEPT) this.deliveries.shift();
    const timeout = new AbortController();
    const stop = clock.at(clock.now() + Math.min(message.timeoutMs ?? Infinity, this.options.responseMs()), () =>
      timeout.abort(),
    );
    const answered = await send(request, AbortSignal.any([timeout.signal, this.closing.signal]));
    stop();
    delivery.status = answered.status;
    return answered;
  }
}
