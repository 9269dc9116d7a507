import { duration, moment, plain } from "../words.ts";
import type { OpenRow } from "./open-spans.ts";

interface Props {
  readonly rows: readonly OpenRow[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** Which breakers were open when; to the second, unlike the charts of what was counted. */
export function OpenTime({ rows, fromMs, toMs }: Props) {
  const shareOf = (ms: number): string => `${(100 * ms) / (toMs - fromMs)}%`;
  return (
    <figure class="chart" aria-label="Breakers open">
      <figcaption>
        <h3>Breakers open</h3>
        <p class="why">{rows.length === 0 ? "None was open." : "how long, and when"}</p>
      </figcaption>
      <ul class="spans">
        {rows.map(({ target, openMs, spans }) => (
          <li key={target}>
            <p>
              {target} <b>{duration(openMs)}</b>
            </p>
            <div class="track" aria-hidden="true">
              {spans.map(({ fromMs: began, toMs: ended }) => (
                <span
                  key={began}
                  style={{ left: `min(${shareOf(began - fromMs)}, 100% - 3px)`, width: shareOf(ended - began) }}
                />
              ))}
            </div>
            <details>
              <summary>When {target} was out</summary>
              <ul>
                {spans.map(({ fromMs: began, toMs: ended, kind, isOver }) => (
                  <li key={began} class="why">
                    {plain(kind)}: {moment(began)} to {isOver ? moment(ended) : "now"}
                  </li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </figure>
  );
}
