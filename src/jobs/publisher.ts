/** Hands a job's dispatch to the transport. What its absence means is the job's to decide: its own alarm. */
export interface Publisher {
  publish(dispatch: Dispatch): Promise<Published>;
}

export interface Dispatch {
  readonly jobId: string;
  readonly dispatch: number;
  /** Not to be delivered before; null: at once. */
  readonly notBeforeMs: number | null;
  /** `https://host` of this Worker. */
  readonly origin: string;
}

export type Published =
  | { readonly ok: true; readonly messageId: string }
  /** `none`: no transport is configured. `away`: it did not take the message: down, 429, 412, its daily quota. */
  | { readonly ok: false; readonly why: "none" | "away"; readonly detail: string };

/** Without a QStash token the job's own alarm is the transport. */
export const noPublisher: Publisher = {
  publish: () => Promise.resolve({ ok: false, why: "none", detail: "no QSTASH_TOKEN" }),
};
