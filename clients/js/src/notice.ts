/** What the router's headers say beside an answer, for the app to show. */
export interface Notice {
  /** A sentence for people, such as `Using backup service`; null: nothing is to be said. */
  readonly text: string | null;
  /** The step of the kind's ladder that answered, such as `smaller_model`; null: none did. */
  readonly degraded: string | null;
  /** Who answered: `hot`, `warm` or `smaller`; null: nobody yet, or a job. */
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
  const degraded = headers.get("x-lisbon-degraded");
  return { text: text && readable(text), degraded, tier, jobId, requestId: headers.get("x-lisbon-request-id") };
}

/** A notice with other than ASCII characters comes percent-encoded, and then every per cent sign is part of that. */
function readable(text: string): string {
  if (!/^(?:[^%]|%[\dA-F]{2})*$/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
