/** Where a stream of Anthropic's events stands: what its reader has been given, so that somebody else can go on with it. */
export interface MessagePlace {
  /** `message_start` was given. */
  readonly started: boolean;
  /** The content block that has begun and not ended. */
  readonly open: { readonly index: number; readonly type: string } | null;
  /** The index that the next content block gets. */
  readonly nextIndex: number;
  /** The `message_delta` with the stop reason was given. */
  readonly stopped: boolean;
}
