import type { Api } from "../api.ts";
import type { Preferred, WatchReport } from "../view.ts";
import { callsOf, clock, duration } from "../words.ts";
import type { Action } from "./confirm.tsx";

interface Props {
  readonly watch: WatchReport | null | undefined;
  readonly now: number;
  readonly api: Api;
  readonly ask: (action: Action) => void;
}

/** Which routes the watchdog has put before the map's own, where it has. */
export function PutFirst({ watch, now, api, ask }: Props) {
  // The switchboard ends it at that moment; this page hears of it a little later.
  const lasting = watch?.acting?.preferred.filter(({ untilMs }) => untilMs > now) ?? [];
  if (lasting.length === 0) return null;
  return (
    <section class="findings by-watchdog" aria-labelledby="put-first">
      <h2 id="put-first">Put first by the watchdog</h2>
      <ul class="plain">
        {lasting.map((preferred) => (
          <Line key={preferred.kind} preferred={preferred} now={now} api={api} ask={ask} />
        ))}
      </ul>
    </section>
  );
}

function Line({ preferred, now, api, ask }: Omit<Props, "watch"> & { readonly preferred: Preferred }) {
  const { kind, route, instead, why, sinceMs, untilMs } = preferred;
  return (
    <li class="row">
      <div>
        <strong>{route}</strong> is tried before {instead}, for {callsOf(kind)}
        <p class="why">
          {why !== undefined && `${why}. `}Since{" "}
          <time dateTime={new Date(sinceMs).toISOString()}>{clock(sinceMs, now)}</time>, until{" "}
          <time dateTime={new Date(untilMs).toISOString()}>{clock(untilMs, now)}</time>: {duration(untilMs - now)} more.
        </p>
      </div>
      <button type="button" aria-label={`End it for ${kind}`} onClick={() => ask(release(preferred, api))}>
        End it
      </button>
    </li>
  );
}

function release({ kind, route, instead }: Preferred, api: Api): Action {
  return {
    title: `Try ${instead} first again?`,
    meaning: `The map's order counts again for ${callsOf(kind)}, in every isolate within 5 s. The watchdog does not put ${route} or any other route first there for as long as it would hold one.`,
    button: "End it",
    run: () => api.post(`/admin/watch/release?kind=${encodeURIComponent(kind)}`),
  };
}
