/** What the steps play on: a stack on this machine, or a deployment somewhere. */
import type { Result } from "../../src/lib/result.ts";
import type { Inbox } from "./inbox.ts";
import type { LisbonClient } from "./lisbon-client.ts";

export interface Stage {
  readonly lisbon: LisbonClient;
  readonly faults: Faults;
  /** Where a client's connection is led through to be made long and to be cut. */
  readonly farAway: FarAway;
  /** Null: nobody can see from here what the deployment tells to whom. */
  readonly inbox: Inbox | null;
  /** Null: the providers are real ones. */
  readonly bills: Bills | null;
  /** Null: what is behind the deployment cannot be seen from here. */
  readonly behind: Behind | null;
}

/** `refused`: their ports are closed. `silent`: their packets are swallowed. `failing`: every answer is a 500. */
export type Fault = "refused" | "silent" | "failing";

export interface Faults {
  inflict(fault: Fault, on: "hot" | "all", signal: AbortSignal): Promise<Result<null, string>>;
  mend(signal: AbortSignal): Promise<void>;
}

export interface FarAway {
  readonly host: string;
  readonly port: number;
  /** Resets the client's connection. */
  cut(): void;
}

export interface Bills {
  /** How often a provider was asked with this text. */
  count(text: string): number;
}

export interface Behind {
  /** Null: it is not there. */
  redisValue(key: string, signal: AbortSignal): Promise<string | null>;
  /** Does QStash hold, or has it delivered, a message about this job? */
  qstashHas(jobId: string, signal: AbortSignal): Promise<boolean>;
}
