import type { Api } from "../api.ts";
import type { LiveView, PauseView } from "../view.ts";
import { duration, PAUSED_BY } from "../words.ts";
import type { Action } from "./confirm.tsx";

interface Props {
  readonly view: LiveView;
  readonly now: number;
  readonly api: Api;
  readonly ask: (action: Action) => void;
}

/** What is paused, by whom and why, with the way out: at the top, where a person who was woken looks first. */
export function Pauses({ view: { pauses }, now, api, ask }: Props) {
  if (pauses === null || pauses.length === 0) return null;
  return (
    <ul class="plain pauses" aria-label="What is paused">
      {pauses.map(({ scope, by, sinceMs, reason, percent }) => (
        <li key={scope} class="row">
          <div>
            <strong>{scope === "all" ? "Everything" : scope}</strong> is paused by {PAUSED_BY[by]}, for{" "}
            {duration(now - sinceMs)}
            {percent !== null && `, at ${percent} %`}.
            {reasonOf(by, reason) !== "" && <p class="why">{reasonOf(by, reason)}</p>}
          </div>
          <button type="button" class="main" onClick={() => ask(resume(scope, pauses, api))}>
            Resume {scope === "all" ? "everything" : scope}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Who it was stands before it: an operator who gave no reason (`src/http/admin-pause.ts`) is not named twice. */
function reasonOf(by: PauseView["by"], reason: string): string {
  if (reason === "An operator paused it.") return "";
  return by === "watchdog" ? `${reason.replace(/^The watchdog: /, "")}. Only a person resumes it.` : reason;
}

/** Everything is each provider too; what goes out once one of them is resumed depends on what else is paused. */
function resume(scope: string, pauses: readonly PauseView[], api: Api): Action {
  const what = scope === "all" ? "everything" : scope;
  const others = pauses.flatMap((pause) => (pause.scope === scope ? [] : [pause.scope]));
  const also = scope === "all" && others.length > 0 ? `, also to ${others.join(", ")}` : "";
  return {
    title: `Resume ${what}?`,
    meaning: others.includes("all")
      ? "Its own pause ends. No call goes out before everything is resumed."
      : `New calls go out again within 5 s${also}, and what was parked is answered.`,
    button: `Resume ${what}`,
    run: () => api.post("/budget/resume", scope === "all" ? {} : { provider: scope }),
  };
}
