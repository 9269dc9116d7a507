/** The one word beside a route's name. */
import { isFailing } from "../../src/domain/lately-failing.ts";
import type { RouteOverview } from "./view.ts";

export interface Chip {
  readonly state: "good" | "warn" | "bad";
  readonly text: string;
}

/** `isHealthy`: a call may go there, also where the breaker has not opened yet, or a person has closed it. */
export function chipOf(
  { status, last }: Pick<RouteOverview, "status" | "last">,
  isHealthy: boolean,
  isPaused: boolean,
): Chip {
  if (isHealthy) return isFailing(last) ? { state: "warn", text: "failed lately" } : { state: "good", text: "healthy" };
  if (status === "closed" && isPaused) return { state: "bad", text: "paused" };
  const text = { closed: "not used", open: "open", half_open: "being probed", killed: "switched off" }[status];
  return { state: "bad", text };
}
