import { useState } from "preact/hooks";
import type { Api } from "../api.ts";
import type { Acting, LiveView, RouteOverview } from "../view.ts";
import { chipOf } from "../chip.ts";
import { fewOf } from "../few-routes.ts";
import { whyOf } from "../why-route.ts";
import { milliseconds, percent } from "../words.ts";
import type { Action } from "./confirm.tsx";

interface Props {
  readonly view: LiveView;
  /** Undefined: not known, or not yet. */
  readonly acting: Acting | undefined;
  readonly now: number;
  readonly api: Api;
  readonly ask: (action: Action) => void;
}

/** Every route: may it be used, how did it do, and what can be done about it. */
export function Routes({ view, acting, now, api, ask }: Props) {
  const { overview, off } = view;
  const [isWhole, setWhole] = useState(false);
  const all = overview?.routes ?? [];
  const { few, hiddenIll } = fewOf(all, view.healthy);
  const more = hiddenIll === 0 ? "" : `: ${hiddenIll} more are not healthy`;
  return (
    <section aria-labelledby="routes">
      <h2 id="routes">Routes</h2>
      {overview === null ? (
        <p class="quiet">The switchboard does not answer. Calls go on with what each isolate knows.</p>
      ) : (
        <ul class="routes">
          {(isWhole ? all : few).map((route) => (
            <Route key={route.id} route={route} view={view} acting={acting} now={now} api={api} ask={ask} />
          ))}
        </ul>
      )}
      {few.length < all.length && (
        <button type="button" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show all ${all.length} routes${more}`}
        </button>
      )}
      {off.length > 0 && <p class="quiet">Off (disabled, or a variable is missing): {off.join(", ")}</p>}
    </section>
  );
}

function Route({ route, view, acting, now, api, ask }: Props & { readonly route: RouteOverview }) {
  const { id, status, last } = route;
  const chip = chipOf(route, view.healthy.includes(id), (view.pauses ?? []).length > 0);
  const killed = status === "killed";
  return (
    <li class="route">
      <div class="route-name">
        <strong>{id}</strong> <span class={`chip ${chip.state}`}>{chip.text}</span>
        <p class="why">{whyOf(route, acting, now)}</p>
      </div>
      <Squares last={last} />
      <dl class="figures">
        <Figure name="p50" value={milliseconds(route.p50Ms)} />
        <Figure name="p95" value={milliseconds(route.p95Ms)} />
        <Figure name="errors" value={percent(route.errorRate)} />
      </dl>
      <div class="buttons">
        {(status === "open" || status === "half_open") && (
          <button type="button" aria-label={`Close breaker of ${id}`} onClick={() => ask(reset(route, view, api))}>
            Close breaker
          </button>
        )}
        <button
          type="button"
          aria-label={`${killed ? "Switch on" : "Switch off"} ${id}`}
          onClick={() => ask(killed ? revive(id, api) : kill(id, api))}
        >
          {killed ? "Switch on" : "Switch off"}
        </button>
      </div>
    </li>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const SQUARES = 20;

/** The last 20 outcomes, the oldest first, the latest always in the same place. */
function Squares({ last }: { readonly last: RouteOverview["last"] }) {
  const failed = last.filter((outcome) => outcome === 0).length;
  const label = last.length === 0 ? "No outcome yet" : `Of the last ${last.length} attempts ${failed} failed`;
  return (
    <div class="squares" role="img" aria-label={label}>
      {Array.from({ length: SQUARES }, (_, place) => {
        const outcome = last[place - SQUARES + last.length];
        return <span key={place} class={outcome === undefined ? "none" : outcome === 1 ? "ok" : "failed"} />;
      })}
    </div>
  );
}

function kill(id: string, api: Api): Action {
  return {
    title: `Switch off ${id}?`,
    meaning: "No call goes there and no probe, in every isolate within 5 s, until somebody switches it on again.",
    button: "Switch off",
    danger: true,
    run: () => api.post("/admin/flags", { routes: { [id]: false } }),
  };
}

function revive(id: string, api: Api): Action {
  return {
    title: `Switch on ${id}?`,
    meaning: "Calls go there again, in every isolate within 5 s.",
    button: "Switch on",
    run: () => api.post("/admin/flags", { routes: { [id]: true } }),
  };
}

function reset({ id, account }: RouteOverview, { overview }: LiveView, api: Api): Action {
  // Then the route alone cannot come back: quota, credit and keys are the account's.
  if (overview?.accountsOut.some((out) => out.account === account) === true) {
    const together = overview.routes.filter((route) => route.account === account).map((route) => route.id);
    return {
      title: `Let the account ${account} back?`,
      meaning: `Calls go at once to all its routes: ${together.join(", ")}. The next refusal takes them out again.`,
      button: "Close breaker",
      run: () => api.post("/admin/breakers/reset", { account }),
    };
  }
  return {
    title: `Close the breaker of ${id}?`,
    meaning: "Calls go there at once. If it is still ill, some of them fail over before the breaker opens again.",
    button: "Close breaker",
    run: () => api.post("/admin/breakers/reset", { route: id }),
  };
}
