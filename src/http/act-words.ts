/** What the page of a signed link says, in plain words: for each action what it will do, for each end what happened. */
import type { JobRefused } from "../jobs/job-port.ts";
import type { JobState } from "../jobs/job.ts";
import type { Action, LinkRefused } from "./action-token.ts";

interface ActWords {
  readonly heading: string;
  /** Before the button is pressed. */
  readonly willHappen: string;
  readonly button: string;
  readonly done: string;
  readonly doneMeans: string;
}

export const ACT_WORDS = {
  answer: {
    heading: "Answer it yourself",
    willHappen:
      "What you send goes to whoever waits for this call, as its answer, marked as written by a human. It cannot be taken back.",
    button: "Send this answer",
    done: "Your answer was sent.",
    doneMeans:
      "Whoever waits for this call gets it now, marked as written by a human. There is nothing more to do here.",
  },
  retry: {
    heading: "Try it again",
    willHappen:
      "The call goes back to the queue at once, with all its attempts, and a provider answers it. While new work is paused it waits until the pause is lifted.",
    button: "Try it again now",
    done: "The call is back in the queue.",
    doneMeans: "It is tried again at once, or as soon as a route is back. You are told if it fails for good.",
  },
  cancel: {
    heading: "Cancel it",
    willHappen:
      "The call is ended without an answer, and its prompt is erased. Whoever still waits for it is told so. It cannot be taken back.",
    button: "Cancel and erase",
    done: "The call is cancelled and erased.",
    doneMeans: "Its prompt is gone, and whoever waited for it is told. There is nothing more to do here.",
  },
} as const satisfies Record<Exclude<Action, "view">, ActWords>;

export const STATE_WORDS = {
  stored: "stored, about to be queued",
  queued: "waiting in the queue",
  running: "running right now",
  waiting_for_human: "waiting for a human's answer",
  answered: "answered",
  dead: "dead: Lisbon has given it up, a human must decide",
  cancelled: "cancelled",
} as const satisfies Record<JobState, string>;

export const STATE_TITLES = {
  stored: "A call is about to be queued",
  queued: "A call waits in the queue",
  running: "A call is being tried",
  waiting_for_human: "A call waits for a human",
  answered: "A call was answered",
  dead: "A call was given up",
  cancelled: "A call was cancelled",
} as const satisfies Record<JobState, string>;

export interface RefusedWords {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

const INSTEAD =
  "Use the link of a newer notice, or the commands under /admin/jobs with the admin key; the runbook (docs/runbook.md) has them ready to paste.";

export const REFUSED_WORDS = {
  link_expired: {
    status: 410,
    title: "This link has expired.",
    text: `Links in notices work for 24 hours. ${INSTEAD}`,
  },
  link_invalid: {
    status: 403,
    title: "This link does not work.",
    text: `It is not whole, or the admin key was changed since it was sent. Copy it again from the notice, to its last character. ${INSTEAD}`,
  },
  link_used: {
    status: 409,
    title: "This link was used before.",
    text: `A link works once, and nothing was changed this time. If you pressed the button a moment ago, what you did stands: see how the call stands below. Else: ${INSTEAD}`,
  },
  job_settled: {
    status: 409,
    title: "Somebody was faster.",
    text: "The call is settled already, and nothing was changed: the first answer counts. How it stands is below.",
  },
  job_erased: {
    status: 410,
    title: "The call was erased.",
    text: "Its prompt and answer are gone, because it was cancelled or is older than the routing map keeps them. Nothing is left to be done with it; its sender would have to send it anew.",
  },
  no_such_job: {
    status: 404,
    title: "There is no such call.",
    text: "It may belong to another deployment of Lisbon: staging and production keep their own.",
  },
} as const satisfies Record<(JobRefused | LinkRefused)["kind"], RefusedWords>;

export const VIEW_ONLY: RefusedWords = {
  status: 403,
  title: "This link only shows the call.",
  text: `Nothing was changed. ${INSTEAD}`,
};

export const FROM_ELSEWHERE: RefusedWords = {
  status: 403,
  title: "That came from another page.",
  text: "Only the page of the link itself may act, so nothing was changed. Open the link from the notice and press the button there.",
};

export const LINKS_OFF: RefusedWords = {
  status: 503,
  title: "Links do not work here.",
  text: "This Worker has no LISBON_ADMIN_KEY, with which links are signed. Put it into a file and run `npm run deploy -- ENVIRONMENT --env-file FILE`; links that are sent from then on work.",
};

export const EMPTY_ANSWER: RefusedWords = {
  status: 422,
  title: "The answer is empty.",
  text: "Nothing was sent. Write it into the box and press the button again.",
};

export function tooLarge(maxBytes: number): RefusedWords {
  return {
    status: 413,
    title: "The answer is too long.",
    text: `Nothing was sent. At most ${Math.floor(maxBytes / 1024)} KiB are taken; go back, shorten it and press the button again.`,
  };
}
