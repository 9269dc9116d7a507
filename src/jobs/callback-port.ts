/** Tells the caller's own server that its job has ended. */
export interface CallbackSender {
  /** One try. Resolves within its own time limit; never rejects. */
  send(callback: Callback): Promise<CallbackResult>;
}

export interface Callback {
  readonly url: string;
  /** The same for every try of one event: receivers tell repeats by it. */
  readonly messageId: string;
  /** JSON text: what `GET /v1/jobs/:id` answers, in `{ "type": "job.answered", "timestamp", "data" }`. */
  readonly body: string;
}

/** `gone`: the receiver said 410, or the address may no longer be called: no further try. */
export type CallbackResult =
  | { readonly kind: "delivered" }
  | { readonly kind: "failed"; readonly detail: string }
  | { readonly kind: "gone"; readonly detail: string };
