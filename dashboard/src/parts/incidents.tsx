import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api.ts";
import type { PastIncident } from "../incident.ts";
import type { LiveView } from "../view.ts";
import { duration, moment, plain } from "../words.ts";

interface Props {
  readonly view: LiveView;
  readonly now: number;
  readonly api: Api;
}

/** What went wrong, from when to when, and what it did to calls; the latest first. */
export function Incidents({ view, now, api }: Props) {
  const incidents = usePast(api, view, Math.floor(now / MINUTE_MS));
  return (
    <section aria-labelledby="incidents">
      <h2 id="incidents">Incidents</h2>
      {incidents === null && <p class="quiet">The switchboard does not say what went wrong.</p>}
      {incidents?.length === 0 && <p class="quiet">None in the last 30 days.</p>}
      <ul class="plain">
        {(incidents ?? []).slice(0, MOST_SHOWN).map((incident) => (
          <Line key={incident.id} incident={incident} now={now} />
        ))}
      </ul>
      {incidents !== null && incidents.length > MOST_SHOWN && (
        <p class="quiet">{incidents.length - MOST_SHOWN} earlier ones: npx lisbon incidents</p>
      )}
    </section>
  );
}

const MINUTE_MS = 60_000;
const DAYS_MS = 30 * 86_400_000;
const MOST_SHOWN = 20;

function Line({ incident, now }: { readonly incident: PastIncident; readonly now: number }) {
  const { target, kind, started_at: began, ended_at: ended, first_failure_at: first } = incident;
  const [beganMs, endedMs] = [Date.parse(began), ended === null ? null : Date.parse(ended)];
  return (
    <li>
      <strong class={endedMs === null ? "bad" : ""}>{target}</strong> {plain(kind)}
      <p class="why">
        <time dateTime={began}>{moment(beganMs)}</time> to{" "}
        {endedMs === null ? (
          `now (${duration(now - beganMs)})`
        ) : (
          <>
            <time dateTime={incident.ended_at ?? ""}>{moment(endedMs)}</time> ({duration(endedMs - beganMs)})
          </>
        )}
        ; first failure <time dateTime={first}>{moment(Date.parse(first)).slice(11)}</time>
      </p>
      <p class="why">
        Calls saved {incident.calls_saved}, parked {incident.calls_parked}, too late {incident.deadlines_missed}
      </p>
    </li>
  );
}

/** Read again when an incident began or ended, and each minute, because an open one still counts. */
function usePast(api: Api, view: LiveView, minute: number): readonly PastIncident[] | null {
  const [past, setPast] = useState<readonly PastIncident[] | null>([]);
  const known = JSON.stringify(view.overview?.latestIncidents);
  useEffect(() => {
    let isOld = false;
    const since = new Date(Date.now() - DAYS_MS).toISOString();
    api.get<{ incidents: readonly PastIncident[] }>(`/admin/incidents?since=${since}`).then(
      ({ incidents }) => isOld || setPast(incidents),
      () => isOld || setPast(null),
    );
    return () => {
      isOld = true;
    };
  }, [api, known, minute]);
  return past;
}
