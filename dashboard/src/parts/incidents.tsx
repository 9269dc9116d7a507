import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api.ts";
import type { LiveView } from "../view.ts";
import { duration, moment, plain } from "../words.ts";

/** What went wrong, from when to when; the latest first. */
export function Incidents({ view, now }: { readonly view: LiveView; readonly now: number }) {
  const incidents = view.overview?.latestIncidents ?? [];
  return (
    <section aria-labelledby="incidents">
      <h2 id="incidents">Incidents</h2>
      {incidents.length === 0 && <p class="quiet">None.</p>}
      <ul class="plain">
        {incidents.slice(0, 20).map(({ id, target, kind, startedAtMs, endedAtMs }) => (
          <li key={id}>
            <strong class={endedAtMs === null ? "bad" : ""}>{target}</strong> {plain(kind)}
            <p class="why">
              <time dateTime={new Date(startedAtMs).toISOString()}>{moment(startedAtMs)}</time> to{" "}
              {endedAtMs === null
                ? `now (${duration(now - startedAtMs)})`
                : `${moment(endedAtMs)} (${duration(endedAtMs - startedAtMs)})`}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Change {
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly status: number;
  readonly detail: string;
}

/** Who changed what. `changed`: grows with everything that is done on this page. */
export function Audit({ api, changed }: { readonly api: Api; readonly changed: number }) {
  const [changes, setChanges] = useState<readonly Change[] | null>(null);
  useEffect(() => {
    api.get<{ changes: readonly Change[] }>("/admin/audit?limit=20").then(
      (found) => setChanges(found.changes),
      () => setChanges(null),
    );
  }, [api, changed]);
  return (
    <section aria-labelledby="audit">
      <h2 id="audit">Who changed what</h2>
      {changes === null && <p class="quiet">The trail cannot be read right now.</p>}
      {changes?.length === 0 && <p class="quiet">Nobody changed anything yet.</p>}
      <ul class="plain">
        {(changes ?? []).map(({ at, who, what, status, detail }, place) => (
          <li key={place}>
            <strong>{who}</strong> {what} {status >= 400 && <span class="bad">({status})</span>}
            <p class="why">
              <time dateTime={at}>{moment(Date.parse(at))}</time> {detail}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
