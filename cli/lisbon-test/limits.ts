/** What each row is measured against, and whence. Milliseconds. */

/** A pause, and its end, are honoured within this. DESIGN, 5. */
export const PAUSE_MS = 5_000;
/** The kinds' time to answer, or to be parked: no request may exceed it. DESIGN, 3. */
export const ANSWER_MS = 30_000;
/** Attempts that may fail before the first Warm one. DESIGN, 3. */
export const FAILED_BEFORE_WARM = 2;
/** From coming back to the first words of the rest, two or three round trips of a bad line: nobody should lose patience. */
export const RESUMED_MS = 5_000;
/** A notice gathers for 2 s, then every sender brings it. */
export const NOTICE_MS = 10_000;
/** A parked call, once the providers are back. The wait of 30 to 40 s that follows a put-off has room in it. */
export const CAUGHT_UP_MS = 60_000;
/** From a human's answer to whoever waits for it. */
export const HANDED_OVER_MS = 5_000;
