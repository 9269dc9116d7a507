import type { PlannedCall } from "../domain/call.ts";
import type { Flaw } from "../domain/quality.ts";
import type { Route } from "../domain/route.ts";
import type { Provider, Stamp } from "../providers/provider.ts";
import type { SendOptions } from "../providers/send.ts";
import type { Reservation } from "../ledger/ledger.ts";
import type { LisbonNote } from "../openai/chat-chunk.ts";
import type { Reply } from "./reply.ts";

export type Answer = Extract<Reply, { kind: "completion" | "stream" }>;

/** An answer as it came, and what its kind's checks found wrong with it before anybody was given a word of it. */
export type Attempted = Answer & { readonly flawed?: Flawed | null };

export interface Flawed {
  readonly flaw: Flaw;
  /** The first choice's text: what a repair is asked of. */
  readonly text: string;
}

export interface AttemptOptions {
  readonly call: PlannedCall;
  /** No other candidate is left: this one may take all of the time. */
  readonly last: boolean;
  /** The longest that its stream may last, the wait for its first words included; Infinity: as long as the route's own clock says. */
  readonly mostStreamMs: number;
  /** What the answer says of itself, where it is not the usual one. */
  readonly told: LisbonNote | null;
  /** Told of a flaw that was found when the stream was over. */
  readonly foundLate?: (flaw: Flaw) => void;
}

/** Everything that the two ways of asking share. */
export interface AttemptContext extends AttemptOptions {
  readonly route: Route;
  readonly provider: Provider;
  readonly stamp: Stamp;
  readonly send: SendOptions;
  /** What is put aside for it, and settled at its end. */
  readonly money: Reservation;
  /** What is left of the call's deadline. */
  readonly leftMs: number;
}
