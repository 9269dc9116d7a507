import type { BoardStore, BreakerNotice, Incident, RouteRecord } from "./board-state.ts";
import type { Circuit } from "./circuit.ts";
import type { Exclusion } from "./exclusion.ts";
import { FORGOTTEN_MS, slowUntilMs } from "./pace.ts";

/** Every opening and its end, written down and told to whoever wants notices. */
export class Incidents {
  readonly #store: BoardStore;
  readonly #notice: (notice: BreakerNotice) => void;
  readonly #open: Map<string, Incident>;

  constructor(store: BoardStore, notice: (notice: BreakerNotice) => void, open: readonly Incident[]) {
    this.#store = store;
    this.#notice = notice;
    this.#open = new Map(open.map((incident) => [keyOf(incident.rule, incident.target), incident]));
  }

  open(): readonly Incident[] {
    return [...this.#open.values()];
  }

  latest(most: number): readonly Incident[] {
    return this.#store.incidents(most);
  }

  /** What is no longer in the map has no end of its own. */
  endGone(isThere: (incident: Incident) => boolean, now: number): void {
    for (const incident of this.open()) if (!isThere(incident)) this.#end(incident.rule, incident.target, now);
  }

  /** True: something changed that planning needs. */
  followRoute(routeId: string, before: RouteRecord, after: RouteRecord, now: number): boolean {
    const circuit = this.#followCircuit(routeId, before, after, now);
    const out = this.followExclusion("route", routeId, before.breaker.exclusion, after.breaker.exclusion, now);
    const moved = wasMoved(before, after, now);
    return circuit || out || moved;
  }

  followExclusion(
    rule: "route" | "account",
    target: string,
    before: Exclusion,
    after: Exclusion,
    now: number,
  ): boolean {
    if (before.out === null && after.out !== null) {
      this.#start({ rule, target, kind: after.out.kind, detail: after.out.detail, startedAtMs: now });
    }
    if (before.out !== null && after.out === null) this.#end(rule, target, Math.min(now, before.out.untilMs));
    return before.out?.untilMs !== after.out?.untilMs;
  }

  #followCircuit(routeId: string, before: RouteRecord, after: RouteRecord, now: number): boolean {
    const [was, is] = [before.breaker.circuit, after.breaker.circuit];
    if (was.phase === "closed" && is.phase === "open") {
      const detail = after.statistics.lastError?.detail ?? "";
      this.#start({ rule: "circuit", target: routeId, kind: is.kind, detail, startedAtMs: now });
    }
    if (was.phase === "open" && is.phase === "closed") this.#end("circuit", routeId, now);
    return openUntil(was) !== openUntil(is);
  }

  #start(incident: Omit<Incident, "id" | "endedAtMs">): void {
    const started = this.#store.startIncident(incident);
    this.#open.set(keyOf(incident.rule, incident.target), started);
    this.#notice({ event: "opened", incident: started });
  }

  #end(rule: Incident["rule"], target: string, endedAtMs: number): void {
    const incident = this.#open.get(keyOf(rule, target));
    if (incident === undefined) return;
    this.#open.delete(keyOf(rule, target));
    this.#store.endIncident(incident.id, endedAtMs);
    this.#notice({ event: "closed", incident: { ...incident, endedAtMs } });
  }
}

function keyOf(rule: Incident["rule"], target: string): string {
  return `${rule} ${target}`;
}

function openUntil(circuit: Circuit): number | null {
  return circuit.phase === "open" ? circuit.untilMs : null;
}

/** A slow route says so again with every report; isolates need not hear each time that it is put off a little longer. */
const LONGER_MS = FORGOTTEN_MS / 4;

/** Did it lose its place in the plan, or get it back? */
function wasMoved(before: RouteRecord, after: RouteRecord, now: number): boolean {
  if (before.breaker.quality?.behindUntilMs !== after.breaker.quality?.behindUntilMs) return true;
  const [was, is] = [slowToldUntil(before, now), slowToldUntil(after, now)];
  return was !== is;
}

/** Until when isolates are told that it is slow, in steps; 0: it is not. */
export function slowToldUntil({ statistics }: RouteRecord, now: number): number {
  const untilMs = slowUntilMs(statistics.pace, now);
  return untilMs === null ? 0 : Math.ceil(untilMs / LONGER_MS) * LONGER_MS;
}
