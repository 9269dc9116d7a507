import type { Live } from "../live.ts";
import type { LiveView } from "../view.ts";
import { duration } from "../words.ts";

interface Standing {
  readonly state: "good" | "warn" | "bad";
  readonly text: string;
  readonly more: string;
}

/** The one line that must be right at three in the morning. */
export function standingOf({ healthy, tiers, pauses, jobs }: LiveView): Standing {
  const all = Object.keys(tiers).length;
  const paused = (pauses ?? []).map(({ scope }) => scope);
  const dead = jobs?.byState.dead ?? 0;
  if (paused.includes("all")) return { state: "bad", text: "Paused", more: "New calls wait; running ones finish." };
  if (healthy.length === 0)
    return { state: "bad", text: "Not serving", more: "No route can answer: calls are queued or refused." };
  const hotIsWell = healthy.some((id) => tiers[id] === "hot");
  if (!hotIsWell)
    return {
      state: "warn",
      text: "Serving from backup",
      more: `${healthy.length} of ${all} routes are healthy; none of them is Hot.`,
    };
  if (paused.length > 0) return { state: "warn", text: "Serving", more: `Paused: ${paused.join(", ")}.` };
  if (healthy.length < all)
    return { state: "warn", text: "Serving", more: `${healthy.length} of ${all} routes are healthy.` };
  if (dead > 0)
    return {
      state: "warn",
      text: "Serving",
      more: `${dead} dead ${dead === 1 ? "job waits" : "jobs wait"} for a person.`,
    };
  return { state: "good", text: "Serving", more: "Every route is healthy." };
}

export function Headline({ live, now }: { readonly live: Live; readonly now: number }) {
  const { view, connection, heardAtMs } = live;
  const standing = view && standingOf(view);
  const silentMs = heardAtMs === null ? null : now - heardAtMs;
  return (
    <header class={`headline ${standing?.state ?? "quiet"}`}>
      <p class="product">Lisbon{view && ` · ${view.environment}`}</p>
      <h1 aria-live="polite">{standing?.text ?? "Looking …"}</h1>
      <p>{standing?.more ?? "The Worker has not answered yet."}</p>
      <p class="connection" role="status">
        {connection === "live" ? "Live" : connection === "connecting" ? "Connecting …" : "Not connected"}
        {connection === "lost" && silentMs !== null && `: what you see is ${duration(silentMs)} old`}
      </p>
    </header>
  );
}
