import type { LiveView } from "../view.ts";
import { dollars, duration, milliseconds, percent } from "../words.ts";

interface Told {
  readonly name: string;
  readonly value: string;
  readonly more: string;
  readonly state?: "bad" | "warn";
}

/** The figures for the first ten seconds; the rest of the page says why. */
export function Glance({ view, now }: { readonly view: LiveView; readonly now: number }) {
  return (
    <dl class="glance">
      {[routes(view), errors(view), slowest(view), waiting(view, now), dead(view), budget(view)].map((told) => (
        <div key={told.name} class={told.state ?? ""}>
          <dt>{told.name}</dt>
          <dd>
            <b>{told.value}</b> <span>{told.more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function routes({ healthy, tiers }: LiveView): Told {
  const all = Object.keys(tiers).length;
  const state = healthy.length === 0 ? "bad" : "warn";
  return {
    name: "Routes",
    value: `${healthy.length} / ${all}`,
    more: "healthy",
    ...(healthy.length < all && { state }),
  };
}

function errors({ overview }: LiveView): Told {
  const last = overview?.routes.flatMap((route) => route.last) ?? [];
  if (last.length === 0) return { name: "Errors", value: "–", more: "no attempts yet" };
  const share = last.filter((outcome) => outcome === 0).length / last.length;
  const state = share >= 0.1 ? "bad" : "warn";
  const more = `of the last ${last.length} attempts`;
  return { name: "Errors", value: percent(share), more, ...(share >= 0.02 && { state }) };
}

/** Of the routes that answer now. */
function slowest({ overview, healthy }: LiveView): Told {
  const known = overview?.routes.filter(({ id, p95Ms }) => p95Ms !== null && healthy.includes(id)) ?? [];
  const [first] = known.toSorted((left, right) => (right.p95Ms ?? 0) - (left.p95Ms ?? 0));
  if (first === undefined) return { name: "p95", value: "–", more: "no healthy route has answered" };
  return { name: "p95", value: milliseconds(first.p95Ms), more: `p50 ${milliseconds(first.p50Ms)}, the slowest route` };
}

function waiting({ jobs }: LiveView, now: number): Told {
  if (jobs === null) return { name: "Queue", value: "?", more: "does not answer", state: "warn" };
  const { stored, queued, running, waiting_for_human: human } = jobs.byState;
  const more = jobs.oldestMs === null ? "nothing waits" : `oldest ${duration(now - jobs.oldestMs)}`;
  return { name: "Queue", value: String(stored + queued + running + human), more };
}

function dead({ jobs }: LiveView): Told {
  const count = jobs?.byState.dead ?? 0;
  const told = { name: "Dead jobs", value: jobs === null ? "?" : String(count) };
  return count === 0
    ? { ...told, more: jobs === null ? "" : "none" }
    : { ...told, more: "need a person", state: "bad" };
}

/** The fullest one. */
function budget({ budgets, pauseAtPercent }: LiveView): Told {
  if (budgets === null) return { name: "Budget", value: "?", more: "does not answer", state: "warn" };
  const shareOf = ({ settledMicros, givenMicros, limitMicros }: (typeof budgets)[number]): number =>
    limitMicros <= 0 ? 0 : (settledMicros + givenMicros) / limitMicros;
  const [fullest] = budgets.toSorted((left, right) => shareOf(right) - shareOf(left));
  if (fullest === undefined) return { name: "Budget", value: "–", more: "nothing spent yet" };
  const more = `spent or set aside, of ${dollars(fullest.limitMicros)}${fullest.scope === "all" ? "" : `, ${fullest.scope}`}`;
  const share = shareOf(fullest);
  return { name: "Budget used", value: percent(share), more, ...(share * 100 >= pauseAtPercent && { state: "bad" }) };
}
