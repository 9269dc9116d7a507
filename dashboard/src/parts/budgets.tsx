import type { BudgetView, LiveView } from "../view.ts";
import { dollars, moment, percent, plain } from "../words.ts";

/** What was spent of each budget, what isolates hold of it for their calls, and where the pause begins. */
export function Budgets({ view }: { readonly view: LiveView }) {
  const { budgets, pauseAtPercent } = view;
  return (
    <section aria-labelledby="budgets">
      <h2 id="budgets">Budgets</h2>
      {budgets === null && <p class="quiet">The ledger does not answer: what a budget must cover waits.</p>}
      {budgets?.length === 0 && <p class="quiet">Nothing was spent of a budget yet.</p>}
      <ul class="plain">
        {(budgets ?? []).map((budget) => (
          <Budget
            key={`${budget.scope} ${budget.period}`}
            budget={budget}
            pausesAt={pausesAt(budget, pauseAtPercent)}
          />
        ))}
      </ul>
    </section>
  );
}

function Budget({ budget, pausesAt: at }: { readonly budget: BudgetView; readonly pausesAt: number | null }) {
  const { scope, period, limitMicros, settledMicros, givenMicros, endsAtMs } = budget;
  const shareOf = (micros: number): number => Math.min(1, micros / Math.max(1, limitMicros));
  const [spent, taken] = [shareOf(settledMicros), shareOf(settledMicros + givenMicros)];
  const isOver = at !== null && taken * 100 >= at;
  const name = scope === "all" ? "Everything" : plain(scope);
  return (
    <li>
      <p class="row">
        <span>
          <strong>{name}</strong> <span class="quiet">{period}</span>
        </span>
        <b class={isOver ? "bad" : ""}>{percent(taken)}</b>
      </p>
      <div
        class={`budget ${isOver ? "over" : ""}`}
        role="meter"
        aria-label={`${name} ${period}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(taken * 100)}
        aria-valuetext={`${percent(taken)} of ${dollars(limitMicros)}`}
      >
        <span class="lent" style={{ width: `${taken * 100}%` }} />
        <span class="spent" style={{ width: `${spent * 100}%` }} />
        {at !== null && <i style={{ left: `${at}%` }} />}
      </div>
      <p class="why">
        {dollars(settledMicros)} spent, {dollars(givenMicros)} set aside for calls, of {dollars(limitMicros)}
        {at !== null && `. Pauses at ${at} %, ${dollars((limitMicros * at) / 100)} spent`}
        {period !== "life" && `. Ends ${moment(endsAtMs).slice(0, 16)}`}
      </p>
    </li>
  );
}

const MONTH = /^\d{4}-\d{2}$/;
/** A month's budget of the operator's own, of all or of a provider: a caller's one pauses nobody else. */
function pausesAt({ scope, period }: BudgetView, percentOf: number): number | null {
  return MONTH.test(period) && /^(?:all|account:[^:]+)$/.test(scope) ? percentOf : null;
}
