/** What the router's headers say beside an answer, for the app to show. */
export interface Notice {
  /** A sentence for people, such as `Using backup service`; null: nothing is to be said. */
  readonly text: string | null;
  /** Who answered: `hot` or `warm`; null: nobody yet, or a job. */
  readonly tier: string | null;
  /** The job that has the call; null: none. */
  readonly jobId: string | null;
  readonly requestId: string | null;
}

/** Null: the headers say nothing. */
export function noticeOf({ headers }: Response): Notice | null {
  const text = headers.get("x-lisbon-notice");
  const tier = headers.get("x-lisbon-tier");
  const jobId = headers.get("x-lisbon-job");
  if (text === null && tier === null && jobId === null) return null;
  return { text, tier, jobId, requestId: headers.get("x-lisbon-request-id") };
}
