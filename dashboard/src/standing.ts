/** Is it serving? Of everything that the Worker says, the one line to read first. */
import type { LiveView } from "./view.ts";

export interface Standing {
  readonly state: "good" | "warn" | "bad";
  readonly text: string;
  readonly more: string;
}

/** What is paused, by whom and since when stands below it, with a way out (`parts/pauses.tsx`). */
export function standingOf({ healthy, tiers, overview, pauses, jobs }: LiveView): Standing {
  const all = Object.keys(tiers).length;
  const dead = jobs?.byState.dead ?? 0;
  if (pauses?.some(({ scope }) => scope === "all") === true) {
    const isQueued = overview?.flags.find(({ name }) => name === "enable_cold_queue")?.value !== false;
    return {
      state: "bad",
      text: "Paused",
      more: `New calls ${isQueued ? "wait" : "are refused"}; running ones finish.`,
    };
  }
  if (healthy.length === 0)
    return { state: "bad", text: "Not serving", more: "No route can answer: calls are queued or refused." };
  const hotIsWell = healthy.some((id) => tiers[id] === "hot");
  const count = `${healthy.length} of ${all} routes ${healthy.length === 1 ? "is" : "are"} healthy`;
  if (!hotIsWell) return { state: "warn", text: "Serving from backup", more: `${count}; none of them is Hot.` };
  if (healthy.length < all || (pauses !== null && pauses.length > 0))
    return { state: "warn", text: "Serving", more: `${count}.` };
  // Then who is healthy and what is paused is what one isolate last heard, or nobody's word at all.
  if (overview === null || pauses === null)
    return {
      state: "warn",
      text: "Serving",
      more: "The switchboard does not answer: what is open or paused may be old.",
    };
  if (dead > 0) {
    const more = `${dead} dead ${dead === 1 ? "job waits" : "jobs wait"} for a person.`;
    return { state: "warn", text: "Serving", more };
  }
  return { state: "good", text: "Serving", more: "Every route is healthy." };
}
