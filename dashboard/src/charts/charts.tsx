/** The charts: a file of its own, which comes after what must be seen first. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../api.ts";
import type { PastIncident } from "../incident.ts";
import type { LiveView } from "../view.ts";
import { Chart } from "./chart.tsx";
import { chartsFrom, type Counted } from "./chart-data.ts";
import type { SpentStep } from "./spend-chart.ts";
import { OpenTime } from "./open-time.tsx";
import { openRows } from "./open-spans.ts";

type Span = "hour" | "day";
const SPANS = { hour: "Last hour", day: "Last day" } as const;
const SPAN_NAMES = ["hour", "day"] as const satisfies readonly Span[];

const AGAIN_MS = 60_000;
/** While it is busy something changes every two seconds, and the switchboard has more to do than to be asked. */
const AT_LEAST_MS = 5_000;

interface Found {
  readonly span: Span;
  readonly counted: Counted;
  /** Null: the ledger does not answer. */
  readonly spent: readonly SpentStep[] | null;
  readonly incidents: readonly PastIncident[];
}

export function Charts({ api, view }: { readonly api: Api; readonly view: LiveView }) {
  const [span, setSpan] = useState<Span>("hour");
  const { found, isLost } = useCounted(api, span, view.atMs);
  return (
    <section class="charts" aria-labelledby="charts">
      <div class="row">
        <h2 id="charts">Charts</h2>
        <div class="tabs" role="group" aria-label="Time shown">
          {SPAN_NAMES.map((name) => (
            <button key={name} type="button" aria-pressed={span === name} onClick={() => setSpan(name)}>
              {SPANS[name]}
            </button>
          ))}
        </div>
      </div>
      {isLost && <p class="quiet">The switchboard does not say what was counted. What you see may be old.</p>}
      {found === null ? <p class="quiet">{isLost ? "" : "Looking …"}</p> : <Drawn {...found} tiers={view.tiers} />}
    </section>
  );
}

function Drawn({ span, counted, spent, incidents, tiers }: Found & Pick<LiveView, "tiers">) {
  const charts = chartsFrom(counted, spent, tiers);
  const [fromMs, toMs] = [Date.parse(counted.from), Date.parse(counted.at)];
  const rows = openRows(incidents, fromMs, toMs);
  if (charts.length === 0 && rows.length === 0) {
    return <p class="quiet">No calls in the {SPANS[span].toLowerCase()} yet.</p>;
  }
  return (
    <div class="grid">
      {spent === null && <p class="quiet">The ledger does not say what was spent.</p>}
      {charts.map((data) => (
        <Chart key={data.title} data={data} />
      ))}
      <OpenTime rows={rows} fromMs={fromMs} toMs={toMs} />
    </div>
  );
}

/** Asked for every minute, and soon after the Worker has said that something is new (`saidAtMs`); not in a hidden tab. */
function useCounted(
  api: Api,
  span: Span,
  saidAtMs: number,
): { readonly found: Found | null; readonly isLost: boolean } {
  const [found, setFound] = useState<Found | null>(null);
  const [isLost, setLost] = useState(false);
  const [askedAtMs, setAskedAtMs] = useState(0);
  const [minute, setMinute] = useState(0);
  const wanted = useRef(span);
  wanted.current = span;

  useEffect(() => {
    const timer = setInterval(() => setMinute((count) => count + 1), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);

  useEffect(() => {
    const isOther = found !== null && found.span !== span;
    const waitMs = isOther ? 0 : Math.max(0, askedAtMs + AT_LEAST_MS - Date.now());
    const timer = setTimeout(() => {
      if (document.hidden) return;
      setAskedAtMs(Date.now());
      // A late answer to an earlier question is still the newest there is, if it is of the time shown.
      read(api, span).then(
        (answer) => {
          if (wanted.current !== span) return;
          setFound(answer);
          setLost(false);
        },
        () => setLost(true),
      );
    }, waitMs);
    return () => clearTimeout(timer);
  }, [api, span, saidAtMs, minute]);

  return { found: found?.span === span ? found : null, isLost };
}

async function read(api: Api, span: Span): Promise<Found> {
  const counted = await api.get<Counted>(`/admin/aggregates?span=${span}`);
  const { incidents } = await api.get<{ incidents: readonly PastIncident[] }>(
    `/admin/incidents?since=${encodeURIComponent(counted.from)}`,
  );
  const days = `from=${counted.from.slice(0, 10)}&to=${counted.at.slice(0, 10)}`;
  const step = span === "hour" ? "minute" : "ten_minutes";
  const spent = await api.get<{ spend: readonly SpentStep[] }>(`/admin/spend?by=${step},route&${days}`).then(
    ({ spend }) => spend,
    () => null,
  );
  return { span, counted, spent, incidents };
}
