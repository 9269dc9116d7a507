import { chanceWords, perMonthWords } from "../../../planner/missed-words.ts";
import type { PlanInputs } from "../../../planner/inputs.ts";
import { COSTS, type OutputName } from "../../../planner/outputs.ts";
import type { Plan } from "../../../planner/plan.ts";
import { milliseconds } from "../words.ts";
import { type Bar, Bars } from "./bars.tsx";

const COST_WORDS: Readonly<Record<(typeof COSTS)[number], string>> = {
  hotUsd: "Hot: providers",
  warmUsd: "Warm: providers",
  redisUsd: "Redis",
  qstashUsd: "QStash",
  workersUsd: "Workers",
  objectsUsd: "Durable Objects",
};

const AMOUNTS: readonly (readonly [OutputName, string])[] = [
  ["jobs", "Parked calls"],
  ["redisCommands", "Redis commands"],
  ["qstashMessages", "QStash messages"],
  ["workerRequests", "Worker requests"],
  ["objectRequests", "Durable Object requests"],
];

interface Props {
  readonly inputs: PlanInputs;
  readonly plan: Plan;
  readonly unmeasured: string | null;
}

/** What a month comes to, in the numbers that decide and as bars. */
export function Outputs({ inputs, plan: { outputs, routes, kinds }, unmeasured }: Props) {
  const used = kinds.filter(({ requests }) => requests > 0);
  const calls = Math.round(inputs.general.monthlyRequests.value).toLocaleString("en-US");
  const ofKinds = (field: "p95Ms" | "missedPercent"): readonly Bar[] =>
    used.map((each) => ({ name: each.kind, value: each[field] }));
  return (
    <section aria-labelledby="plan-outputs">
      <h2 id="plan-outputs">A month of {calls} calls</h2>
      {unmeasured !== null && <p class="quiet">Nothing measured is in it: {unmeasured}</p>}
      <dl class="figures large" aria-live="polite">
        <Figure name="a month" value={money(outputs.totalUsd)} />
        <Figure name="for 1,000 calls" value={money(outputs.usdPer1000Requests)} />
        <Figure name="p95 with retries" value={milliseconds(outputs.worstP95Ms)} />
        <Figure
          name="calls that miss their deadline"
          value={chanceWords(outputs.missedPercent)}
          more={outputs.missedPerMonth > 0 ? perMonthWords(outputs.missedPerMonth) : ""}
        />
      </dl>
      <Bars
        title="Cost, a month"
        bars={COSTS.map((name) => ({ name: COST_WORDS[name], value: outputs[name] }))}
        worded={money}
      />
      <Bars
        title="Cost by route, a month"
        bars={routes.map(({ id, usd }) => ({ name: id, value: usd }))}
        worded={money}
      />
      <Bars title="p95 with retries, by kind" bars={ofKinds("p95Ms")} worded={milliseconds} />
      <Bars title="Calls that miss their deadline, by kind" bars={ofKinds("missedPercent")} worded={chanceWords} />
      <h3>Amounts, a month</h3>
      <dl class="amounts">
        {AMOUNTS.map(([name, words]) => (
          <div key={name}>
            <dt>{words}</dt>
            <dd>{rough(outputs[name])}</dd>
          </div>
        ))}
        <div>
          <dt>At the switchboard in the busiest second, of about 1,000</dt>
          <dd>{rough(outputs.switchboardPeak)}</dd>
        </div>
      </dl>
    </section>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly more?: string;
}

function Figure({ name, value, more = "" }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value} {more !== "" && <span>{more}</span>}
      </dd>
    </div>
  );
}

function money(value: number): string {
  return `$${value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function rough(value: number): string {
  return value >= 10 || value === 0 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(2);
}
