/** What the simulated providers received: for tests, and for whoever watches a failover. */
import type { FaultName } from "./faults.ts";
import type { WireFormatName } from "./wire/wire-format.ts";

export interface ReceivedCall {
  readonly provider: string;
  readonly format: WireFormatName;
  readonly method: string;
  /** Without the provider's name, with the query. */
  readonly path: string;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  readonly model: string | undefined;
  readonly startedAt: number;
  /** The fault that the call met. */
  fault: FaultName | null;
  /** The status that was sent; null where nothing was. */
  status: number | null;
  /** When the caller's socket closed before we had finished. */
  abortedAt: number | null;
  /** When we had sent, or broken off, all that we wanted to. */
  finishedAt: number | null;
}

/** The newest calls only: a long-lived development server would grow without end. */
const KEPT = 2000;

export class CallList {
  readonly all: ReceivedCall[] = [];

  add(call: ReceivedCall): void {
    this.all.push(call);
    if (this.all.length > KEPT) this.all.shift();
  }

  clear(): void {
    this.all.length = 0;
  }
}
