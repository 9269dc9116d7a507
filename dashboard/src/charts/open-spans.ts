/** When breakers were open, within the time shown. */
import type { PastIncident } from "../incident.ts";

export interface OpenRow {
  readonly target: string;
  readonly openMs: number;
  readonly spans: readonly OpenSpan[];
}

interface OpenSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind: string;
  readonly isOver: boolean;
}

/** A row for each route or account that was out, the longest first. */
export function openRows(incidents: readonly PastIncident[], fromMs: number, toMs: number): readonly OpenRow[] {
  const byTarget = new Map<string, OpenSpan[]>();
  for (const { target, kind, started_at: startedAt, ended_at: endedAt } of incidents) {
    const began = Math.max(fromMs, Date.parse(startedAt));
    const ended = Math.min(toMs, endedAt === null ? toMs : Date.parse(endedAt));
    if (ended <= began) continue;
    const spans = byTarget.get(target) ?? [];
    spans.push({ fromMs: began, toMs: ended, kind, isOver: endedAt !== null });
    byTarget.set(target, spans);
  }
  return [...byTarget]
    .map(([target, spans]) => ({ target, spans, openMs: together(spans) }))
    .toSorted((left, right) => right.openMs - left.openMs);
}

/** Two incidents of one target may overlap: what they share counts once. */
function together(spans: readonly OpenSpan[]): number {
  let until = 0;
  let open = 0;
  for (const { fromMs, toMs } of spans.toSorted((left, right) => left.fromMs - right.fromMs)) {
    open += Math.max(0, toMs - Math.max(fromMs, until));
    until = Math.max(until, toMs);
  }
  return open;
}
