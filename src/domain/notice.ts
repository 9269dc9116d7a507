/** Something that a human is told. Holds no prompt, no answer and no key: names, times and counts only. */
export interface Notice {
  readonly kind: NoticeKind;
  /** Notices of one key are the same one: told at most once in the map's window, then counted. */
  readonly key: string;
  /** `closes`: it follows up on an earlier notice of the same key and is told whatever the window says. */
  readonly closes: boolean;
  /** One line. */
  readonly title: string;
  readonly why: string;
  /** What the reader is to do now; where nothing, that is said. */
  readonly nextAction: string;
  readonly tenant: string;
  /** The jobs that it is about, the first few of them. */
  readonly jobIds: readonly string[];
  /** When Lisbon tries again by itself, in words; null: it does not. */
  readonly retryWindow: string | null;
  readonly atMs: number;
  /** A human must have acted by then; null: nobody set a time. */
  readonly dueAtMs: number | null;
  readonly links: readonly NoticeLink[];
  /** A text to paste to one's own clients; null: none is needed. */
  readonly clientMessage: string | null;
  /** How often this went unheeded: so many people of the rota are passed over. */
  readonly reminders: number;
}

export interface NoticeLink {
  readonly label: string;
  readonly url: string;
}

export const NOTICE_KINDS = [
  "cold",
  "job_waiting",
  "job_overdue",
  "job_dead",
  "paused",
  "resumed",
  "alert_noted",
  "circuit_opened",
  "circuit_closed",
  "warm_serving",
  "warm_ended",
  "paid_serving",
  "paid_ended",
  "everything_down",
  "everything_back",
  "degraded_long",
  "request_loop",
  "watch",
  "setup",
  "test",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What most notices leave out. */
export const QUIET_NOTICE = {
  closes: false,
  tenant: "default",
  jobIds: [],
  retryWindow: null,
  dueAtMs: null,
  links: [],
  clientMessage: null,
  reminders: 0,
} as const satisfies Partial<Notice>;
