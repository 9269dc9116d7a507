import { useState } from "preact/hooks";
import type { ChartData, Series } from "./chart-data.ts";
import { clock, Plot } from "./plot.tsx";

/** A drawing, what its colours mean and what they come to, and the same as a table. */
export function Chart({ data }: { readonly data: ChartData }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const [isOpen, setOpen] = useState(false);
  const { title, unit, series, at } = data;
  const moment = pointed === null ? null : at[pointed];
  return (
    <figure class="chart" aria-label={title}>
      <figcaption>
        <h3>{title}</h3>
        <p class="why">{moment === null || moment === undefined ? wordsOf(data) : `${unit}, ${clock(moment)}`}</p>
      </figcaption>
      <Plot data={data} onPoint={setPointed} />
      <ul class="legend">
        {series.map((each) => (
          <li key={each.name}>
            <span class="swatch" style={{ background: `var(${each.colour})` }} />
            {each.name} <b>{data.worded(pointed === null ? inAll(data, each) : (each.values[pointed] ?? null))}</b>
          </li>
        ))}
      </ul>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>{title} as a table</summary>
        {isOpen && <Table data={data} />}
      </details>
    </figure>
  );
}

function wordsOf({ drawn, unit }: ChartData): string {
  return drawn === "stack" ? `${unit}, in all` : `${unit}, the latest`;
}

/** Parts of a whole are added up; of a line the latest value counts. */
function inAll({ drawn }: ChartData, { values }: Series): number | null {
  if (drawn === "stack") return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  return values.findLast((value) => value !== null) ?? null;
}

/** The latest first, without the steps at which there was nothing. */
function Table({ data: { title, unit, at, series, worded } }: { readonly data: ChartData }) {
  const rows = at
    .map((seconds, step) => ({ seconds, values: series.map(({ values }) => values[step] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null && value !== 0))
    .toReversed();
  return (
    // Wider than a phone, and then scrolled by keyboard too.
    <div class="scrolled" role="region" aria-label={`${title}, ${unit}`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">from</th>
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ seconds, values }) => (
            <tr key={seconds}>
              <th scope="row">{clock(seconds)}</th>
              {values.map((value, place) => (
                <td key={place}>{worded(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
