import type { RouteRecord } from "./board-state.ts";
import { isOut, type Exclusion } from "./exclusion.ts";
import { slowToldUntil } from "./incidents.ts";
import type { Moment, SnapshotParts } from "./snapshot.ts";

interface Kept {
  readonly routing: { readonly routes: readonly { readonly id: string }[] };
  record(routeId: string): RouteRecord;
}

type Moments = Pick<SnapshotParts, "open" | "routesOut" | "accountsOut" | "slow" | "lowQuality">;

/** Which routes and accounts are out, and which routes are behind the others, for a snapshot. */
export function momentsOf(board: Kept, accounts: ReadonlyMap<string, Exclusion>, now: number): Moments {
  const open: Moment[] = [];
  const routesOut: Moment[] = [];
  const slow: Moment[] = [];
  const lowQuality: Moment[] = [];
  for (const { id } of board.routing.routes) {
    const record = board.record(id);
    const { circuit, exclusion, quality } = record.breaker;
    if (circuit.phase === "open") open.push([id, circuit.untilMs]);
    if (exclusion.out !== null && isOut(exclusion, now)) routesOut.push([id, exclusion.out.untilMs]);
    const slowMs = slowToldUntil(record, now);
    if (slowMs > now) slow.push([id, slowMs]);
    if (quality !== undefined && quality.behindUntilMs > now) lowQuality.push([id, quality.behindUntilMs]);
  }
  const accountsOut = [...accounts].flatMap(([account, exclusion]): Moment[] =>
    exclusion.out !== null && isOut(exclusion, now) ? [[account, exclusion.out.untilMs]] : [],
  );
  return { open, routesOut, accountsOut, slow, lowQuality };
}
