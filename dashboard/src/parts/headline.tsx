import { useEffect, useRef } from "preact/hooks";
import type { Api } from "../api.ts";
import type { Live } from "../live.ts";
import { duration, moment, plain, zone } from "../words.ts";
import type { Action } from "./confirm.tsx";
import { Glance } from "./glance.tsx";
import { Pauses } from "./pauses.tsx";
import { standingOf } from "../standing.ts";
import type { WatchReport } from "../view.ts";
import { lookedText } from "../watch.ts";

interface Props {
  readonly live: Live;
  readonly now: number;
  /** Undefined: not heard of yet. Null: it does not answer. */
  readonly watch: WatchReport | null | undefined;
  readonly api: Api;
  readonly ask: (action: Action) => void;
  /** Grows with everything that is done on this page. */
  readonly changed: number;
}

/** The one line that must be right at three in the morning, the way out of a pause, and the figures that come next. */
export function Headline({ live, now, watch, api, ask, changed }: Props) {
  const { view, connection, heardAtMs } = live;
  const isLost = connection === "lost";
  const standing = view && standingOf(view);
  const text = isLost ? "Not connected" : (standing?.text ?? "Looking …");
  useEffect(() => {
    document.title = `${text} · Lisbon`;
  }, [text]);
  const title = useRef<HTMLHeadingElement>(null);
  const paused = view?.pauses?.length ?? 0;
  useEffect(() => {
    // Who has ended a pause stood on a button that is gone; what came of it is here.
    if (changed > 0 && document.activeElement === document.body) title.current?.focus({ preventScroll: true });
  }, [changed, paused]);
  return (
    <header class={`headline ${isLost ? "lost" : (standing?.state ?? "quiet")}`}>
      <p class="product">
        <b>Lisbon</b> {view?.environment}
      </p>
      <h1 ref={title} tabIndex={-1} aria-live="polite">
        {text}
      </h1>
      <p class="more">{isLost ? lostText(live, now) : (standing?.more ?? "The Worker has not answered yet.")}</p>
      {isLost && standing && (
        <p class="more">
          It said last: {standing.text}. {standing.more}
        </p>
      )}
      {view !== null && <Pauses view={view} now={now} api={api} ask={ask} />}
      {view !== null && <Glance view={view} now={now} />}
      <p class="connection">
        <span role="status">{connection === "live" ? "Live" : isLost ? "Trying again" : `${plain(connection)} …`}</span>
        {heardAtMs !== null && ` · ${lookedText(watch, now)} · Times: ${zone(now)}`}
      </p>
    </header>
  );
}

function lostText({ heardAtMs }: Live, now: number): string {
  if (heardAtMs === null) return "The Worker does not answer. This page tries again every few seconds.";
  const since = `Nothing heard since ${moment(heardAtMs).slice(11)}: what you see is ${duration(now - heardAtMs)} old.`;
  return `${since} This page tries again every few seconds.`;
}
